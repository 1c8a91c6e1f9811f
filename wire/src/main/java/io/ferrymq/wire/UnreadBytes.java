package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of one connection that have arrived and that its protocol has not consumed.
 *
 * <p>Thread contract: on the connection's lane only.
 *
 * <p>The socket is read straight into the buffer that holds the remainder, as long as there is room: nothing is copied
 * while frames are smaller than the buffer. When room ends, only the remainder moves to the front of the next buffer. An
 * idle connection without a remainder holds no buffer.
 */
final class UnreadBytes {
    /** A read into less room than this costs more in system calls than moving the remainder costs. */
    private static final int ROOM_BYTES_MIN = 16 << 10;

    /** Not worth a move. */
    private static final int SLACK_BYTES = 1 << 10;

    private @Nullable ByteBuf buffer;
    /** Whether this object allocated the buffer, so that nobody else writes behind its writer index. */
    private boolean owned;

    /** A buffer to read up to about {@code wantedBytes} into, behind the remainder; the caller releases it. */
    ByteBuf room(ByteBufAllocator allocator, int wantedBytes) {
        ByteBuf current = buffer;
        return (current != null && hasRoom(current, wantedBytes) ? current : moveTo(allocator, wantedBytes)).retain();
    }

    private boolean hasRoom(ByteBuf current, int wantedBytes) {
        if (!owned) {
            return false;
        }
        if (!current.isReadable() && current.refCnt() == 1) {
            current.clear();
            return current.capacity() >= wantedBytes;
        }
        return current.writableBytes() >= Math.min(wantedBytes, ROOM_BYTES_MIN);
    }

    /** Takes over what was read, be it in the buffer of {@link #room} or in one of someone else's. */
    @SuppressWarnings("ReferenceEquality") // Is it this object, not: has it the same content.
    void add(ByteBufAllocator allocator, ByteBuf read) {
        ByteBuf current = buffer;
        if (read == current) {
            read.release();
        } else if (current == null || !current.isReadable()) {
            release();
            buffer = read;
            owned = false;
        } else {
            try {
                append(allocator, current, read);
            } finally {
                read.release();
            }
        }
    }

    private void append(ByteBufAllocator allocator, ByteBuf current, ByteBuf read) {
        if (!owned || current.writableBytes() < read.readableBytes()) {
            // Twice what is there, so that many small reads cost a constant number of copies for each byte.
            current = moveTo(allocator, Math.max(current.readableBytes(), read.readableBytes()));
        }
        current.writeBytes(read);
    }

    /** What is there to be offered, or null if there is nothing. */
    @Nullable ByteBuf bytes() {
        ByteBuf current = buffer;
        return current != null && current.isReadable() ? current : null;
    }

    int count() {
        ByteBuf current = buffer;
        return current == null ? 0 : current.readableBytes();
    }

    /** Memory that the buffer takes, be it used or not. */
    int capacity() {
        ByteBuf current = buffer;
        return current == null ? 0 : PinnedMemory.wholeOf(current).capacity();
    }

    /** Lets an empty buffer go: at the end of a burst, so that idle connections hold none. */
    void trim() {
        if (count() == 0) {
            release();
        }
    }

    /** Moves the remainder to a buffer that it fills, if it leaves much of its own unused. */
    void tighten(ByteBufAllocator allocator) {
        trim();
        if (capacity() > 2L * count() + SLACK_BYTES) {
            moveTo(allocator, 0);
        }
    }

    void release() {
        ByteBuf current = buffer;
        if (current != null) {
            buffer = null;
            current.release();
        }
    }

    private ByteBuf moveTo(ByteBufAllocator allocator, int roomBytes) {
        ByteBuf next = allocator.directBuffer(count() + roomBytes);
        ByteBuf current = buffer;
        if (current != null) {
            next.writeBytes(current);
            current.release();
        }
        buffer = next;
        owned = true;
        return next;
    }
}
