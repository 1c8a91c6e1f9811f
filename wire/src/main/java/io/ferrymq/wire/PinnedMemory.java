package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.util.IdentityHashMap;

/**
 * Memory of messages that unsent bytes keep: counted once, however many connections share it.
 *
 * <p>Thread contract: any thread. Only connections whose socket is full come here.
 */
final class PinnedMemory {
    private static final class Pin {
        private int count;
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

    synchronized void pin(ByteBuf whole) {
        if (pins.computeIfAbsent(whole, memory -> new Pin()).count++ == 0) {
            contents.add(whole.capacity());
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
            contents.add(-whole.capacity());
        }
    }
}
