package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Keeps a body that is too large to be copied as a matter of course, in the log or on its way past it. A body is a part of
 * some buffer, be it the one that a socket was read into, and keeps all of that: if it is less than half, it is copied all
 * the same. So is what is on the heap, since what the log keeps is counted as memory outside it.
 *
 * <p>Thread contract: stateless.
 */
public final class LargeBody {
    private static final int WASTE_FACTOR = 2;

    private LargeBody() {}

    /** The body, retained or copied; the caller releases it. */
    public static ByteBuf keep(ByteBuf body) {
        int length = body.readableBytes();
        if (!isOnHeap(body) && memoryBytes(body) <= (long) WASTE_FACTOR * length) {
            return body.retainedSlice();
        }
        return PooledByteBufAllocator.DEFAULT.directBuffer(length, length).writeBytes(body, body.readerIndex(), length);
    }

    /** What memory a reference to this buffer keeps. Parts of one buffer that follow each other count once. */
    @SuppressWarnings("ReferenceEquality") // The same memory, not the same content.
    static long memoryBytes(ByteBuf buffer) {
        ByteBuf whole = whole(buffer);
        if (!(whole instanceof CompositeByteBuf parts)) {
            return whole.capacity();
        }
        long bytes = 0;
        ByteBuf before = whole;
        for (int i = 0; i < parts.numComponents(); i++) {
            ByteBuf part = whole(parts.internalComponent(i));
            if (part != before) {
                bytes += memoryBytes(part);
                before = part;
            }
        }
        return bytes;
    }

    private static boolean isOnHeap(ByteBuf buffer) {
        if (!(whole(buffer) instanceof CompositeByteBuf parts)) {
            return !buffer.isDirect();
        }
        for (int i = 0; i < parts.numComponents(); i++) {
            if (isOnHeap(parts.internalComponent(i))) {
                return true;
            }
        }
        return false;
    }

    private static ByteBuf whole(ByteBuf part) {
        ByteBuf whole = part;
        for (ByteBuf outer = whole.unwrap(); outer != null; outer = whole.unwrap()) {
            whole = outer;
        }
        return whole;
    }
}
