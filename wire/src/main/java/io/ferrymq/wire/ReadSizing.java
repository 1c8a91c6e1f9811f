package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * Decides how much of a socket is read at once, and lets it be read behind the bytes that are unread.
 *
 * <p>Thread contract: on the connection's lane only; one for each connection.
 */
final class ReadSizing implements RecvByteBufAllocator {
    private static final int BYTES_MIN = 4 << 10;
    private static final int BYTES_FIRST = 16 << 10;
    private static final int BYTES_MAX = 256 << 10;
    /** A record of TLS is 16 KiB, and the rest of one that has begun keeps the whole read buffer. */
    private static final int ENCRYPTED_BYTES_MAX = 64 << 10;
    /** Reads of one connection in a turn of the lane: after these the others have theirs. */
    private static final int READS_MAX = 8;

    /** For connections whose bytes are decrypted before they are collected: the sizes alone. */
    static RecvByteBufAllocator encrypted() {
        return adaptive(ENCRYPTED_BYTES_MAX);
    }

    private static RecvByteBufAllocator adaptive(int bytesMax) {
        return new AdaptiveRecvByteBufAllocator(BYTES_MIN, BYTES_FIRST, bytesMax).maxMessagesPerRead(READS_MAX);
    }

    private final UnreadBytes unread;
    private final ConnectionMemory memory;
    private final RecvByteBufAllocator sizes = adaptive(BYTES_MAX);

    ReadSizing(UnreadBytes unread, ConnectionMemory memory) {
        this.unread = unread;
        this.memory = memory;
    }

    @Override
    @SuppressWarnings("deprecation") // The type of the method that Netty wants overridden.
    public Handle newHandle() {
        return new BehindUnread(sizes.newHandle());
    }

    private final class BehindUnread extends DelegatingHandle implements ExtendedHandle {
        @SuppressWarnings("deprecation") // Every handle of Netty is an ExtendedHandle, but its type says Handle.
        BehindUnread(Handle handle) {
            super(handle);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return unread.room(allocator, memory.isScarce() ? Math.min(BYTES_FIRST, guess()) : guess());
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return ((ExtendedHandle) delegate()).continueReading(maybeMore);
        }
    }
}
