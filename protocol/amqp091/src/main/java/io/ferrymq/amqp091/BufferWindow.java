package io.ferrymq.amqp091;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Part of a read buffer as a buffer of its own: readable is the part. It is made once for a burst and then moved, where
 * a slice would cost an object for every message.
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

    /** Forgets the buffer, which is about to be used for other bytes. */
    void forget() {
        source = null;
        window = Unpooled.EMPTY_BUFFER;
    }
}
