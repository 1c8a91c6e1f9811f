package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The stretches of files that were read last. Whoever begins to read somewhere gets a small block; each that continues
 * one gets twice as much, up to what is configured. So a consumer that works through a backlog in order finds its next
 * records here, and one that takes a record here and a record there does not pay for what lies between. A block begins
 * where somebody asked, not at a multiple of its size, so that a record is never in two. Lane-owned.
 */
final class BlockCache {
    /** Blocks of full size that fit; of smaller ones there are more in the same memory. */
    private static final int FULL_BLOCKS_MAX = 16;

    private static final int BLOCKS_MAX = 256;
    private static final int BYTES_FIRST = 16 << 10;

    /** As far behind a block, a record still counts as its continuation: a walk begins at an entry of the index. */
    private static final int NEAR_BYTES = SparseIndex.SPACING_BYTES;

    /** A stretch of a file in memory. {@code bytes} is little-endian, with the file's position {@code start} at 0. */
    record Block(String file, long start, ByteBuf memory, ByteBuffer bytes) {
        boolean holds(String name, long position, long length) {
            return position >= start && position + length <= end() && file.equals(name);
        }

        long end() {
            return start + bytes.capacity();
        }

        boolean isContinuedAt(String name, long position) {
            return position > start && position <= end() + NEAR_BYTES && file.equals(name);
        }
    }

    private final OpenFiles files;
    private final int readAheadBytes;

    /** Most recently used first. */
    private final List<Block> blocks = new ArrayList<>(FULL_BLOCKS_MAX);

    private long memoryBytes;
    private int percent = 100;
    private long bytesRead;

    BlockCache(Storage storage, int readAheadBytes) {
        this.files = new OpenFiles(storage);
        this.readAheadBytes = readAheadBytes;
    }

    /** A block that holds {@code length} bytes of {@code run} from {@code position}; they must lie before its end. */
    Block at(StoredRun run, long position, int length) {
        Block block = find(run.file(), position, length);
        return block != null ? block : load(run, position, length);
    }

    private @Nullable Block find(String file, long position, int length) {
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.holds(file, position, length)) {
                if (i > 0) {
                    blocks.remove(i);
                    blocks.add(0, block);
                }
                return block;
            }
        }
        return null;
    }

    /** Whether these bytes are here. */
    boolean holds(String file, long position, long length) {
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i).holds(file, position, length)) {
                return true;
            }
        }
        return false;
    }

    /** How much is read at a place: more if it continues what was read before. */
    private int readAhead(String file, long position) {
        int continued = 0;
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            if (block.isContinuedAt(file, position)) {
                continued = Math.max(continued, block.bytes().capacity());
            }
        }
        return (int) Math.min(readAheadBytes, Math.max(BYTES_FIRST, 2L * continued));
    }

    private Block load(StoredRun run, long position, int length) {
        int ahead = (int) Math.min(run.end() - position, Math.max(length, readAhead(run.file(), position)));
        Storage.File file = open(run.file());
        try {
            return load(file, run.file(), position, ahead);
        } catch (IOException e) {
            return loadAlone(file, run.file(), position, length, e);
        }
    }

    /** A file that is gone is damage; one that cannot be opened says nothing about what is in it: there may be no descriptors left. */
    private Storage.File open(String name) {
        try {
            return files.get(name);
        } catch (NoSuchFileException e) {
            throw new MissingFileException(name + " is missing", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + name, e);
        }
    }

    /** Without what is ahead: what cannot be read there is others' damage. */
    private Block loadAlone(Storage.File file, String name, long position, int length, IOException before) {
        try {
            return load(file, name, position, length);
        } catch (IOException e) {
            e.addSuppressed(before);
            throw new DamagedRecordException("cannot read " + name + " at " + position + ": " + e, e);
        }
    }

    private Block load(Storage.File file, String name, long position, int bytes) throws IOException {
        evict(bytes);
        ByteBuf memory = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        ByteBuffer target = memory.nioBuffer(0, bytes);
        boolean read = false;
        try {
            Stretches.readFully(file, name, position, target);
            read = true;
        } finally {
            if (!read) {
                memory.release();
            }
        }
        Block block = new Block(name, position, memory, target.clear().order(ByteOrder.LITTLE_ENDIAN));
        blocks.add(0, block);
        memoryBytes += bytes;
        bytesRead += bytes;
        return block;
    }

    private void evict(int room) {
        long bytesMax = (long) FULL_BLOCKS_MAX * readAheadBytes / 100 * percent;
        while (!blocks.isEmpty() && (blocks.size() >= BLOCKS_MAX || memoryBytes + room > bytesMax)) {
            drop(blocks.size() - 1);
        }
    }

    /** Takes no more than this part of its budget from now on, but always as much as is being read. */
    void percent(int part) {
        percent = part;
        evict(0);
    }

    private void drop(int number) {
        Block block = blocks.remove(number);
        memoryBytes -= block.bytes().capacity();
        block.memory().release();
    }

    long memoryBytes() {
        return memoryBytes;
    }

    /** So many bytes were searched for a damaged record: that costs as much as reading them. */
    void searched(long bytes) {
        bytesRead += bytes;
    }

    /** Bytes read from files, and searched, so far. */
    long bytesRead() {
        return bytesRead;
    }

    /** Lets go of a file that is about to be deleted or to become another one. */
    void forget(String file) throws IOException {
        for (int i = blocks.size() - 1; i >= 0; i--) {
            if (blocks.get(i).file().equals(file)) {
                drop(i);
            }
        }
        files.forget(file);
    }

    void close() throws IOException {
        while (!blocks.isEmpty()) {
            drop(blocks.size() - 1);
        }
        files.close();
    }
}
