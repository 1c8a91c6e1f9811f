package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.util.IdentityHashMap;

/**
 * The memory that one connection holds, as its part of what all hold.
 *
 * <p>Thread contract: changed on the connection's lane only; {@link #heldBytes} from any thread, not exactly.
 */
final class ConnectionMemory {
    /**
     * What a connection's TLS takes while it is idle, an estimate: the engine's session, its two record buffers and the
     * handler's.
     */
    static final int TLS_BYTES = 48 << 10;

    private final HeldBytes buffers;
    private final HeldBytes contents;
    private final PinnedMemory pinned;
    /** How often each is pinned by this connection, which may keep several parts of one message. */
    private final IdentityHashMap<ByteBuf, Integer> own = new IdentityHashMap<>(1);

    private long fixed;
    private long unread;
    private long unsent;
    private long pins;
    private long content;

    ConnectionMemory(HeldBytes buffers, HeldBytes contents, PinnedMemory pinned) {
        this.buffers = buffers;
        this.contents = contents;
        this.pinned = pinned;
    }

    /** The connection is encrypted. */
    void encrypted() {
        fixed = TLS_BYTES;
        buffers.add(TLS_BYTES);
    }

    /** Unread bytes take this much now. */
    void unread(long bytes) {
        if (bytes != unread) {
            buffers.add(bytes - unread);
            unread = bytes;
        }
    }

    /** Copies of unsent bytes take this much more, or less. */
    void unsent(long change) {
        if (change != 0) {
            unsent += change;
            buffers.add(change);
        }
    }

    /** The protocol holds so much more of contents that are not complete, or less. */
    void content(long change) {
        content += change;
        contents.add(change);
    }

    /** Unsent bytes keep the memory of a message; returns what has to be {@link #unpin unpinned}. */
    ByteBuf pin(ByteBuf part) {
        ByteBuf whole = PinnedMemory.wholeOf(part);
        if (own.merge(whole, 1, Integer::sum) == 1) {
            pins += whole.capacity();
            pinned.pin(whole);
        }
        return whole;
    }

    void unpin(ByteBuf whole) {
        if (own.merge(whole, -1, Integer::sum) == 0) {
            own.remove(whole);
            pins -= whole.capacity();
            pinned.unpin(whole);
        }
    }

    /** Message memory that this connection's unsent bytes keep, counted fully although others may share it. */
    long pinnedBytes() {
        return pins;
    }

    /** What could be had back from this connection of the first kind: buffers. */
    long bufferBytes() {
        return unread + unsent;
    }

    /** What could be had back from this connection of the second kind: messages on their way in or out. */
    long contentBytes() {
        return content + pins;
    }

    /** What could be had back from this connection of both kinds. */
    long reclaimableBytes() {
        return bufferBytes() + contentBytes();
    }

    long unsentBytes() {
        return unsent + pins;
    }

    long heldBytes() {
        return fixed + unread + unsent + pins + content;
    }

    boolean isScarce() {
        return buffers.isScarce() || contents.isScarce();
    }

    boolean isExhausted() {
        return buffers.isExhausted() || contents.isExhausted();
    }

    /** The connection is gone; pins and contents are given back by whoever took them. */
    void ended() {
        buffers.add(-fixed);
        fixed = 0;
        unread(0);
    }
}
