package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Walks the batches of one segment file from front to back, through a window of memory. Used by recovery alone. */
final class SegmentScanner implements AutoCloseable {
    /** What is done with each record of a batch. */
    @FunctionalInterface
    interface Visitor {
        void record(long sequence, long position, byte type, ByteBuf memory, int payloadAt, int payloadBytes);
    }

    private static final int WINDOW_BYTES = 1 << 20;
    private static final byte MAGIC_FIRST_BYTE = (byte) BatchHeader.MAGIC;

    private final Storage.File file;
    private final String name;
    private final FileHeader header;
    private final Checksum checksum = new Checksum();
    private ByteBuf memory = Unpooled.EMPTY_BUFFER;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowStart;

    SegmentScanner(Storage.File file, String name, FileHeader header) {
        this.file = file;
        this.name = name;
        this.header = header;
    }

    String name() {
        return name;
    }

    long generation() {
        return header.generation();
    }

    long bytes() {
        return header.bytes();
    }

    /** The batch at {@code position} if it is whole, of this generation, and follows what came before. */
    @Nullable BatchHeader batchAt(long position, int previousCrc, long lastSequence) throws IOException {
        BatchHeader batch = headerAt(position);
        if (batch == null
                || batch.previousCrc() != previousCrc
                || !follows(batch, lastSequence)
                || batch.payloadBytes() < 0
                || batch.payloadBytes() > header.bytes() - position - BatchHeader.BYTES) {
            return null;
        }
        int at = at(position, BatchHeader.BYTES + batch.payloadBytes());
        int crc = checksum.seed(header.generation())
                .update(window, at + BatchHeader.BYTES, batch.payloadBytes())
                .value();
        return crc == batch.payloadCrc() ? batch : null;
    }

    private static boolean follows(BatchHeader batch, long lastSequence) {
        return batch.recordCount() == 0
                ? batch.firstSequence() == lastSequence && batch.lastSequence() == lastSequence
                : batch.firstSequence() > lastSequence && batch.lastSequence() >= batch.firstSequence();
    }

    private @Nullable BatchHeader headerAt(long position) throws IOException {
        if (header.bytes() - position < BatchHeader.BYTES) {
            return null;
        }
        int at = at(position, BatchHeader.BYTES);
        return BatchHeader.decode(window, at, header.generation(), checksum);
    }

    /** The header CRC of the batch at this position, which was just found valid. */
    int crcAt(long position) throws IOException {
        int at = at(position, BatchHeader.BYTES);
        return BatchHeader.crcAt(window, at);
    }

    /** Shows all records of a batch that {@link #batchAt} has found valid. */
    void visit(BatchHeader batch, long position, Visitor visitor) throws IOException {
        int begin = at(position, BatchHeader.BYTES + batch.payloadBytes()) + BatchHeader.BYTES;
        int end = begin + batch.payloadBytes();
        int at = begin;
        int count = 0;
        long sequence = batch.firstSequence();
        while (at < end) {
            int length = end - at < RecordFormat.PREFIX_BYTES ? -1 : window.getInt(at);
            int next = at + RecordFormat.PREFIX_BYTES + length;
            long gap = length < 0 || next > end || next < at ? -1 : RecordFormat.gapAt(window, at, next);
            if (!RecordFormat.plausible(length) || next > end || next < at || gap < 0 || (count > 0 && gap == 0)) {
                throw disordered(position);
            }
            sequence += count++ == 0 ? 0 : gap;
            int payloadAt = RecordFormat.payloadAt(window, at);
            byte type = window.get(at + RecordFormat.TYPE_AT);
            visitor.record(
                    sequence, position + BatchHeader.BYTES + at - begin, type, memory, payloadAt, next - payloadAt);
            at = next;
        }
        if (count != batch.recordCount() || sequence != batch.lastSequence()) {
            throw disordered(position);
        }
    }

    private DamagedRecordException disordered(long position) {
        return new DamagedRecordException(
                name + " has a batch at " + position + " whose checksums match and whose records do not fit together");
    }

    /**
     * Looks for headers of batches of this generation behind the last whole batch, at any byte.
     *
     * @return the highest "durable up to" that one of them states, or -1 if there is none
     */
    long highestDurableAfter(long from) throws IOException {
        long highest = -1;
        for (long position = from; position <= header.bytes() - BatchHeader.BYTES; ) {
            int length = (int) Math.min(WINDOW_BYTES, header.bytes() - position);
            int begin = at(position, length);
            int last = begin + length - BatchHeader.BYTES;
            for (int at = begin; at <= last; at = nextCandidate(at + 1, last)) {
                BatchHeader found = BatchHeader.decode(window, at, header.generation(), checksum);
                if (found != null) {
                    highest = Math.max(highest, found.durableSequence());
                }
            }
            position += length - BatchHeader.BYTES + 1;
        }
        return highest;
    }

    /** The next index at which a header may begin; zeros, of which there are many, are passed eight at a time. */
    private int nextCandidate(int from, int last) {
        int at = from;
        while (at <= last && window.get(at) != MAGIC_FIRST_BYTE) {
            at += window.getLong(at) == 0 ? Long.BYTES : 1;
        }
        return at;
    }

    /** Index of a stretch of the file in the window, which is another one afterwards if the stretch was not in it. */
    private int at(long position, int length) throws IOException {
        if (position < windowStart || position + length > windowStart + window.capacity()) {
            load(position, length);
        }
        return (int) (position - windowStart);
    }

    /** Into fresh memory: a visitor may have retained the old. */
    private void load(long position, int length) throws IOException {
        memory.release();
        memory = Unpooled.EMPTY_BUFFER;
        window = ByteBuffer.allocate(0);
        int bytes = (int) Math.max(length, Math.min(WINDOW_BYTES, header.bytes() - position));
        memory = PooledByteBufAllocator.DEFAULT.directBuffer(bytes);
        ByteBuffer target = memory.nioBuffer(0, bytes);
        Stretches.readFully(file, name, position, target);
        window = target.clear().order(ByteOrder.LITTLE_ENDIAN);
        windowStart = position;
    }

    @Override
    public void close() throws IOException {
        memory.release();
        file.close();
    }
}
