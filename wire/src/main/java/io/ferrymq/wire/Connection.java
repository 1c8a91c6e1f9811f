package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/**
 * One peer's connection, as its protocol sees it.
 *
 * <p>Thread contract: {@link #lane} from any thread; everything else on the lane, which is asserted.
 *
 * <p>Back-pressure: writes are never refused. Who can wait (a consumer's deliveries) looks at {@link #isWritable}
 * first and goes on in {@link ByteHandler#writabilityChanged}; who cannot (confirms, replies) writes anyway and pauses
 * reading while the peer does not take them. The wire does not pause by itself: a client that sends with a blocking
 * call and reads later would then wait for ever.
 */
public interface Connection {
    /** The lane that this connection lives on. */
    Lane lane();

    /** The peer, as the PROXY header names it if there is one. An IPv4 address is never in its IPv6-mapped form. */
    InetSocketAddress remoteAddress();

    /** The broker's end, as the PROXY header names it if there is one. */
    InetSocketAddress localAddress();

    /** The TLS session; empty on a plain connection. */
    Optional<SSLSession> tlsSession();

    /** Whether the connection is encrypted. */
    default boolean isTls() {
        return tlsSession().isPresent();
    }

    /** The certificate that the peer has shown and the listener has verified. */
    Optional<X509Certificate> peerCertificate();

    /** Where buffers for {@link #write} come from. */
    ByteBufAllocator allocator();

    /** Queues the bytes; ownership passes to the connection. Released and dropped once the connection is closing. */
    void write(ByteBuf bytes);

    /** Queues bytes that are made when the peer can take them; otherwise the same. */
    void write(ByteSource bytes);

    /** Sends what is queued, as far as the peer takes it. */
    void flush();

    /** Sends what is queued when the lane's turn ends; any number of calls in a turn cost one flush. */
    void flushAtTurnEnd();

    /** Bytes that are queued or flushed and that the kernel has not taken yet, as far as is known. */
    long pendingOutboundBytes();

    /** How many bytes may be written before {@link #isWritable} turns false; 0 when it is. */
    long bytesBeforeUnwritable();

    /**
     * Whether a write that can wait may be done now. Not while pending bytes are above the high-water mark; not, if there
     * are any, while memory is scarce; and not at all while it is exhausted ({@link HeldBytes}).
     */
    boolean isWritable();

    /** Whether all connections together hold so much that each has to hold little. */
    boolean isMemoryScarce();

    /**
     * The protocol holds so many bytes more for this connection, or fewer: contents that have not arrived in full. When
     * all connections together hold too much, those that hold the most are ended, which begins with {@link
     * ByteHandler#overLimit}.
     */
    void hold(long bytes);

    /** Memory that this connection holds: bytes unread and unsent, contents, its TLS. */
    long heldBytes();

    /** Stops {@link ByteHandler#received}: the peer is held up by TCP. */
    void pauseReading();

    /** Ends the pause. Unread bytes are offered again in a later task of the lane, then reading goes on. */
    void resumeReading();

    /**
     * Charges work that was done with what was read, in units of about 100 ns, to this turn of the lane; false if that was
     * all that this connection may do in one go. What is unread then is offered again when others have had theirs.
     */
    boolean spend(long units);

    /** Whether nothing is read from the peer: for a pause, until another turn of the lane, or while memory is exhausted. */
    boolean isReadingPaused();

    /** When bytes last arrived, on the clock of {@link Lane#nowMillis}. */
    long lastReadMillis();

    /** When bytes were last flushed, on the clock of {@link Lane#nowMillis}. */
    long lastWriteMillis();

    /**
     * Flushes what is queued, ends the stream and waits for the peer to end its own, for a bounded time; what arrives
     * meanwhile is dropped. Without the wait the kernel would answer unread bytes with a reset, which destroys a last
     * frame on its way.
     */
    void close();

    /** Drops what is queued and closes. */
    void closeNow();

    /** False from the call of {@link #close} or {@link #closeNow} on, and when the peer has gone. */
    boolean isOpen();

    /**
     * The task for the lane with this connection's border around it: an exception out of it ends this connection, where
     * one out of any other task of the lane ends the process.
     */
    Runnable guarded(Runnable task);

    /**
     * Runs the task on the lane after at least {@code delayMillis}, unless the connection is closed by then; inside the same
     * border.
     */
    Lane.Alarm schedule(long delayMillis, Runnable task);
}
