package io.ferrymq.amqp091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Part of a read buffer as a buffer of its own: readable is the part. It is made once for a read buffer and then moved,
 * where a slice would cost an object for every message. It reads through the buffer that it was made for and holds no
 * reference to its memory: when the buffer comes back filled anew, the window shows the new bytes.
 */
final class BufferWindow {
    private @Nullable ByteBuf source;
    private ByteBuf window = Unpooled.EMPTY_BUFFER;

    /** Moves the window to {@code length} octets from the absolute index {@code offset}. */
    @SuppressWarnings("ReferenceEquality") // The same memory, not the same content.
    ByteBuf on(ByteBuf buffer, int offset, int length) {
        if (source != buffer) {
            source = buffer;
            window = buffer.duplicate();
        }
        return window.setIndex(offset, offset + length);
    }
}
