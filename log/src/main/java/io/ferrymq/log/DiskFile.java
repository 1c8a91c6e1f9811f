package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file of a {@link DiskDirectory}. Reads may run beside one writer. */
final class DiskFile implements Storage.File {
    /** The JDK copies a heap buffer into a direct one of the same size, and keeps that: so it gets small ones. */
    private static final int HEAP_PIECE_BYTES = 256 << 10;

    private final FileChannel channel;
    private final Path path;

    /**
     * How long it is, by what was written; the writer's. Asking the file system each time would make the next write change
     * the time of modification, and each flush write that too, where times are kept precise for those who ask for them.
     */
    private long length;

    /** The length when it was last forced; the writer's. */
    private long forcedLength;

    DiskFile(FileChannel channel, Path path) throws IOException {
        this.channel = channel;
        this.path = path;
        this.length = channel.size();
        this.forcedLength = length;
    }

    @Override
    public void write(long position, ByteBuffer... sources) throws IOException {
        try {
            long next = sources.length == 1 ? writeOne(position, sources[0]) : writeAll(position, sources);
            length = Math.max(length, next);
        } catch (IOException e) {
            throw Shortage.named(e, path, unwritten(sources));
        }
    }

    private static long unwritten(ByteBuffer[] sources) {
        long bytes = 0;
        for (ByteBuffer source : sources) {
            bytes += source.remaining();
        }
        return bytes;
    }

    private long writeAll(long position, ByteBuffer[] sources) throws IOException {
        long next = position;
        int first = 0;
        while (first < sources.length) {
            int end = first;
            while (end < sources.length && sources[end].isDirect()) {
                end++;
            }
            if (end == first) {
                next = writeOne(next, sources[first++]);
            } else {
                next = gather(next, sources, first, end);
                first = end;
            }
        }
        return next;
    }

    /** A gathering write has no position of its own; the channel's is used by nobody else. */
    private long gather(long position, ByteBuffer[] sources, int from, int to) throws IOException {
        long next = position;
        int first = from;
        while (first < to) {
            channel.position(next);
            next += channel.write(sources, first, to - first);
            while (first < to && !sources[first].hasRemaining()) {
                first++;
            }
        }
        return next;
    }

    private long writeOne(long position, ByteBuffer source) throws IOException {
        long next = position;
        int limit = source.limit();
        while (source.position() < limit) {
            if (!source.isDirect()) {
                source.limit(Math.min(limit, source.position() + HEAP_PIECE_BYTES));
            }
            next += channel.write(source, next);
            source.limit(limit);
        }
        return next;
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int read = channel.read(target, position + total);
            if (read < 0) {
                break;
            }
            total += read;
        }
        return total;
    }

    /** With the length only if that changed: the other metadata is not worth a journal commit of the file system. */
    @Override
    public void force() throws IOException {
        channel.force(length != forcedLength);
        forcedLength = length;
    }

    @Override
    public void truncate(long newLength) throws IOException {
        channel.truncate(newLength);
        length = Math.min(length, newLength);
    }

    @Override
    public long length() throws IOException {
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
