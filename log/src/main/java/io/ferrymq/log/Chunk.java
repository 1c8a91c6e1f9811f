package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive records in memory: a batch of the journal while it is collected and written, part of the tail cache
 * afterwards; or a stretch of transient records.
 *
 * <pre>
 *   block: | ...earlier chunks | header room | record | record | record head |
 *   body:                                                                    | large body of the last record |
 * </pre>
 *
 * <p>A large body is retained, not copied (but see {@link LargeBody}), and ends its chunk, so that a chunk is one stretch of memory and at most one
 * foreign buffer behind it. For each record there are eight bytes in two arrays and no object.
 *
 * <p>Owned by the lane. Once it is closed its bytes do not change, but for the CRCs that the journal thread fills in
 * while it holds the chunk; nobody on the lane looks at those.
 */
final class Chunk {
    /** Bodies from this size on are retained instead of copied: a copy costs more than another part in a write. */
    static final int LARGE_BODY_BYTES = 32 << 10;

    /** What the objects around a chunk weigh, so that a cache of many tiny chunks keeps to its budget. */
    private static final int OVERHEAD_BYTES = 256;

    private final ByteBuf block;

    /** The whole block, little-endian; never moved, so that both threads can use it with absolute indexes. */
    private final ByteBuffer bytes;

    private final int start;
    private final int headerBytes;
    private final long firstSequence;
    private int end;
    private int count;
    private int[] sequenceOffsets;
    private int[] positions;
    private @Nullable ByteBuf body;
    /** What memory the body keeps, which may be more than itself. */
    private int bodyMemoryBytes;

    private @Nullable CompositeByteBuf lastPayload;
    private long live;

    /** Takes over one reference to {@code block}, whose memory {@code bytes} shows. */
    Chunk(ByteBuf block, ByteBuffer bytes, int start, int headerBytes, long firstSequence, int recordsExpected) {
        this.block = block;
        this.bytes = bytes;
        this.start = start;
        this.headerBytes = headerBytes;
        this.firstSequence = firstSequence;
        this.end = start + headerBytes;
        this.sequenceOffsets = new int[recordsExpected];
        this.positions = new int[recordsExpected];
    }

    /** Whether a record with this much inline payload still fits behind the others. */
    boolean fits(long sequence, int inlineBytes) {
        return body == null
                && sequence - firstSequence <= Integer.MAX_VALUE
                && bytes.capacity() - end >= RecordFormat.HEAD_BYTES_MAX + inlineBytes;
    }

    /** Whether so many bytes fit behind the others, as records with small bodies. */
    boolean hasRoom(int bytesNeeded) {
        return body == null && bytes.capacity() - end >= bytesNeeded;
    }

    /** Copies head and body, or the head alone and keeps the body if that is large. */
    void add(long sequence, byte type, ByteBuf head, ByteBuf content, int liveCount) {
        long gap = count == 0 ? 0 : sequence - lastSequence();
        int headBytes = head.readableBytes();
        int contentBytes = content.readableBytes();
        remember(sequence);
        int index = RecordFormat.writeHead(bytes, end, type, gap, headBytes + contentBytes);
        copy(head, headBytes, index);
        index += headBytes;
        if (contentBytes >= LARGE_BODY_BYTES) {
            ByteBuf kept = LargeBody.keep(content);
            bodyMemoryBytes = (int) Math.min(LargeBody.memoryBytes(kept), Integer.MAX_VALUE / 2);
            body = kept;
        } else {
            copy(content, contentBytes, index);
            index += contentBytes;
        }
        end = index;
        live += liveCount;
    }

    /** {@link ByteBuf#setBytes} would make a view of the source for each copy; the source's own is enough. */
    private void copy(ByteBuf source, int length, int index) {
        if (length == 0) {
            return;
        }
        if (source.hasArray()) {
            bytes.put(index, source.array(), source.arrayOffset() + source.readerIndex(), length);
        } else if (source.nioBufferCount() == 1) {
            ByteBuffer view = source.internalNioBuffer(source.readerIndex(), length);
            bytes.put(index, view, view.position(), length);
        } else {
            block.setBytes(index, source, source.readerIndex(), length);
        }
    }

    private void remember(long sequence) {
        if (count == positions.length) {
            positions = Arrays.copyOf(positions, count * 2);
            sequenceOffsets = Arrays.copyOf(sequenceOffsets, count * 2);
        }
        sequenceOffsets[count] = (int) (sequence - firstSequence);
        positions[count++] = end - start;
    }

    /** Number of the record with this sequence in this chunk, negative if it is not here. */
    int find(long sequence) {
        long offset = sequence - firstSequence;
        return offset < 0 || offset > Integer.MAX_VALUE
                ? -1
                : Arrays.binarySearch(sequenceOffsets, 0, count, (int) offset);
    }

    void view(int record, RecordView view) {
        int at = start + positions[record];
        int payload = RecordFormat.payloadAt(bytes, at);
        int payloadBytes = at + RecordFormat.PREFIX_BYTES + bytes.getInt(at) - payload;
        byte type = bytes.get(at + RecordFormat.TYPE_AT);
        if (body != null && record == count - 1) {
            view.wrap(sequence(record), type, payloadOfParts(payload, body), 0, payloadBytes);
        } else {
            view.wrap(sequence(record), type, block, payload, payloadBytes);
        }
    }

    /** Built when somebody reads it, and then kept as long as the chunk: a large record is rare and often read. */
    private ByteBuf payloadOfParts(int payload, ByteBuf tail) {
        CompositeByteBuf parts = lastPayload;
        if (parts == null) {
            parts = ByteBufAllocator.DEFAULT.compositeBuffer(2);
            parts.addComponent(true, block.retainedSlice(payload, end - payload));
            parts.addComponent(true, tail.retainedSlice());
            lastPayload = parts;
        }
        return parts;
    }

    /** The bytes of header room, records and record heads; the caller may write into them. */
    ByteBuffer writableBytes() {
        return bytes.slice(start, end - start).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The parts of the large body at the end, none if there is none. */
    ByteBuffer[] bodyParts() {
        return body == null ? new ByteBuffer[0] : body.nioBuffers();
    }

    /** Adds entries for these records to the index of the file in which they begin at {@code filePosition}. */
    void index(SparseIndex index, long filePosition) {
        index.addIfFar(firstSequence, filePosition);
        int record = 0;
        while (true) {
            record = atOrAfter(record, index.nextPosition() - filePosition);
            if (record >= count) {
                return;
            }
            index.add(sequence(record), filePosition + positions[record]);
            record++;
        }
    }

    /** Number of the first record that begins at {@code position} of this chunk or later. */
    private int atOrAfter(int from, long position) {
        if (from >= count || position > positions[count - 1]) {
            return count;
        }
        int found = Arrays.binarySearch(positions, from, count, (int) Math.max(0, position));
        return found < 0 ? -found - 1 : found;
    }

    void release() {
        if (lastPayload != null) {
            lastPayload.release();
            lastPayload = null;
        }
        if (body != null) {
            body.release();
            body = null;
        }
        block.release();
    }

    /** Adds references, or takes them away; returns how many there are. */
    long addLive(int change) {
        live += change;
        return live;
    }

    long live() {
        return live;
    }

    long firstSequence() {
        return firstSequence;
    }

    long lastSequence() {
        return sequence(count - 1);
    }

    private long sequence(int record) {
        return firstSequence + sequenceOffsets[record];
    }

    int recordCount() {
        return count;
    }

    /** Where in the block the next chunk may begin. */
    int blockEnd() {
        return end;
    }

    /** What this chunk takes in a file, header included. */
    int bytes() {
        return end - start + (body == null ? 0 : body.readableBytes());
    }

    int headerBytes() {
        return headerBytes;
    }

    int memoryBytes() {
        return end - start + bodyMemoryBytes + positions.length * 2 * Integer.BYTES + OVERHEAD_BYTES;
    }
}
