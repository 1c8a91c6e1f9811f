package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import java.util.IdentityHashMap;

/**
 * Memory of messages that unsent bytes keep: counted once, however many connections share it.
 *
 * <p>Thread contract: any thread. Only connections whose socket is full come here.
 */
final class PinnedMemory {
    private static final class Pin {
        private final long bytes;
        private int count;

        Pin(long bytes) {
            this.bytes = bytes;
        }
    }

    private final HeldBytes contents;
    private final IdentityHashMap<ByteBuf, Pin> pins = new IdentityHashMap<>();

    PinnedMemory(HeldBytes contents) {
        this.contents = contents;
    }

    /** The buffer whose memory this is a part of, be it itself. */
    static ByteBuf wholeOf(ByteBuf part) {
        ByteBuf whole = part;
        for (ByteBuf outer = whole.unwrap(); outer != null; outer = whole.unwrap()) {
            whole = outer;
        }
        return whole;
    }

    /** What memory a reference to this buffer keeps; of one that is put together from others, that of those. */
    @SuppressWarnings("ReferenceEquality") // The same memory, not the same content.
    static long bytesOf(ByteBuf part) {
        ByteBuf whole = wholeOf(part);
        if (!(whole instanceof CompositeByteBuf parts)) {
            return whole.capacity();
        }
        long bytes = 0;
        ByteBuf before = whole;
        for (int i = 0; i < parts.numComponents(); i++) {
            ByteBuf next = wholeOf(parts.internalComponent(i));
            // Parts of one buffer that follow each other count once.
            if (next != before) {
                bytes += bytesOf(next);
                before = next;
            }
        }
        return bytes;
    }

    synchronized void pin(ByteBuf whole, long bytes) {
        if (pins.computeIfAbsent(whole, memory -> new Pin(bytes)).count++ == 0) {
            contents.add(bytes);
        }
    }

    synchronized void unpin(ByteBuf whole) {
        Pin pin = pins.get(whole);
        if (pin == null) {
            throw new IllegalStateException("memory that is not pinned");
        }
        pin.count--;
        if (pin.count == 0) {
            pins.remove(whole);
            contents.add(-pin.bytes);
        }
    }
}
