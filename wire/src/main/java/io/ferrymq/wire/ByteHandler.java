package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;

/**
 * What a protocol does with the bytes of one connection.
 *
 * <p>Thread contract: every method is called on the connection's lane. An exception out of any of them is logged and
 * closes the connection; no other is touched.
 */
public interface ByteHandler {
    /**
     * Bytes have arrived. The handler moves the reader index past what it consumed; the rest is offered again together
     * with what comes next, or when reading resumes after a pause.
     *
     * <p>The buffer belongs to the wire and is reused after the call: what must live longer is taken as a {@code
     * retainedSlice}, which keeps the whole read buffer (up to 256 KiB) in memory, or copied.
     */
    void received(ByteBuf bytes);

    /** The burst of reads is over; a good time to hand over what was collected, and to flush. */
    default void readComplete() {}

    /** The peer has taken what held it up, or memory is free again: {@link Connection#isWritable} may be true again. */
    default void writabilityChanged() {}

    /**
     * All connections together hold too much memory, and this one is among those that hold the most of it. The handler
     * gives back what it holds and may write why; the wire then drops what is unread and closes the connection.
     */
    default void overLimit(String why) {}

    /** The broker stops. The handler tells its peer as its protocol wants and closes the connection. */
    void shutdown();

    /** The connection is gone; the last call. Nothing can be written any more. */
    void closed(CloseCause cause);
}
