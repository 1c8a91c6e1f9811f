package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.util.IdentityHashMap;

/**
 * The memory that one connection holds, as its part of what all hold.
 *
 * <p>Thread contract: changed on the connection's lane only; {@link #heldBytes} from any thread, not exactly.
 */
final class ConnectionMemory {
    /** What an accepted connection takes on the heap before its virtual host is open, its session included; as measured. */
    static final int PLAIN_OBJECT_BYTES = 6 << 10;

    /** The same with the engine and the session of TLS, which are on the heap, too; as measured. */
    static final int ENCRYPTED_OBJECT_BYTES = 48 << 10;

    /** What a buffer that waits behind a full socket takes on the heap, in all lists and maps that know of it. */
    static final int PIECE_OBJECT_BYTES = 256;

    /** What it took when it was pinned: a buffer that is gone cannot be asked. */
    private static final class Own {
        private final long bytes;
        private int count;

        Own(long bytes) {
            this.bytes = bytes;
        }
    }

    private final HeldBytes buffers;
    private final HeldBytes contents;
    private final HeldBytes objects;
    private final PinnedMemory pinned;
    /** How often each is pinned by this connection, which may keep several parts of one message. */
    private final IdentityHashMap<ByteBuf, Own> own = new IdentityHashMap<>(1);

    private long undecrypted;
    private long unread;
    private long unsent;
    private long pins;
    private long content;
    private long pieces;
    private long ciphertext;

    ConnectionMemory(HeldBytes buffers, HeldBytes contents, HeldBytes objects, PinnedMemory pinned) {
        this.buffers = buffers;
        this.contents = contents;
        this.objects = objects;
        this.pinned = pinned;
    }

    /** A record of TLS, or a PROXY header, that has not arrived in full takes this much now. */
    void undecrypted(long bytes) {
        if (bytes != undecrypted) {
            buffers.add(bytes - undecrypted);
            undecrypted = bytes;
        }
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

    /** So many more buffers wait behind a full socket, or fewer. */
    void pieces(int change) {
        pieces += change;
        objects.add((long) change * PIECE_OBJECT_BYTES);
    }

    /** Encrypted bytes, which are on the heap, take so much more while they wait, or less. */
    void ciphertext(long change) {
        ciphertext += change;
        objects.add(change);
    }

    /** The protocol holds so much more of contents that are not complete, or less. */
    void content(long change) {
        content += change;
        contents.add(change);
    }

    /** Unsent bytes keep the memory of a message; returns what has to be {@link #unpin unpinned}. */
    ByteBuf pin(ByteBuf part) {
        ByteBuf whole = PinnedMemory.wholeOf(part);
        Own pin = own.get(whole);
        if (pin == null) {
            pin = new Own(PinnedMemory.bytesOf(whole));
            own.put(whole, pin);
            pins += pin.bytes;
            pinned.pin(whole, pin.bytes);
        }
        pin.count++;
        return whole;
    }

    void unpin(ByteBuf whole) {
        Own pin = own.get(whole);
        if (pin == null) {
            throw new IllegalStateException("memory that is not pinned");
        }
        pin.count--;
        if (pin.count == 0) {
            own.remove(whole);
            pins -= pin.bytes;
            pinned.unpin(whole);
        }
    }

    /** Message memory that this connection's unsent bytes keep, counted fully although others may share it. */
    long pinnedBytes() {
        return pins;
    }

    /** What could be had back from this connection of the first kind: buffers. */
    long bufferBytes() {
        return undecrypted + unread + unsent;
    }

    /** What could be had back from this connection of the second kind: messages on their way in or out. */
    long contentBytes() {
        return content + pins;
    }

    /** What could be had back from this connection of both kinds. */
    long reclaimableBytes() {
        return bufferBytes() + contentBytes();
    }

    /** What could be had back from this connection of the heap. */
    long objectBytes() {
        return pieces * PIECE_OBJECT_BYTES + ciphertext;
    }

    long unsentBytes() {
        return unsent + pins + ciphertext;
    }

    long heldBytes() {
        return undecrypted + unread + unsent + pins + ciphertext + content;
    }

    boolean isScarce() {
        return buffers.isScarce() || contents.isScarce();
    }

    boolean isExhausted() {
        return buffers.isExhausted() || contents.isExhausted() || objects.isExhausted();
    }

    /** The connection is gone; pins and contents are given back by whoever took them. */
    void ended() {
        undecrypted(0);
        unread(0);
    }
}
