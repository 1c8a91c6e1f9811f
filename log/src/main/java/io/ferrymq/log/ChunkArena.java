package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where chunks get their memory: one behind the other in pooled blocks of direct memory, so that a chunk of one small
 * record does not cost a block. A block is free when all its chunks are released. Lane-owned.
 */
final class ChunkArena {
    /** A chunk is not begun in less than this: it would end after a record or two. */
    private static final int ROOM_BYTES_MIN = 512;

    /** A chunk begins with room for about as many records as the one before had. */
    private static final int RECORDS_EXPECTED_MIN = 8;

    private final int blockBytes;
    private final int headerBytes;
    private @Nullable ByteBuf block;
    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int used;
    private int recordsExpected = RECORDS_EXPECTED_MIN;

    ChunkArena(int blockBytes, int headerBytes) {
        this.blockBytes = blockBytes;
        this.headerBytes = headerBytes;
    }

    /** The next chunk has room for so many bytes. */
    void reserve(int recordBytes) {
        int needed = headerBytes + recordBytes;
        ByteBuf current = block;
        if (current == null || current.capacity() - used < needed) {
            begin(needed);
        }
    }

    private ByteBuf begin(int needed) {
        close();
        ByteBuf fresh = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(blockBytes, needed));
        block = fresh;
        bytes = fresh.nioBuffer(0, fresh.capacity()).order(ByteOrder.LITTLE_ENDIAN);
        used = 0;
        return fresh;
    }

    /** A chunk in which a record with this much inline payload fits. */
    Chunk open(long firstSequence, int inlineBytes) {
        int needed = headerBytes + RecordFormat.HEAD_BYTES_MAX + inlineBytes;
        ByteBuf current = block;
        if (current == null || current.capacity() - used < Math.max(needed, Math.min(ROOM_BYTES_MIN, blockBytes / 2))) {
            current = begin(needed);
        }
        return new Chunk(current.retain(), bytes, used, headerBytes, firstSequence, recordsExpected);
    }

    /** The newest chunk takes no more records; the next one begins behind it. */
    void closed(Chunk newest) {
        used = newest.blockEnd();
        recordsExpected = Math.max(RECORDS_EXPECTED_MIN, newest.recordCount() + newest.recordCount() / 8);
    }

    /** Lets go of the block; chunks keep theirs. */
    void close() {
        if (block != null) {
            block.release();
            block = null;
        }
    }
}
