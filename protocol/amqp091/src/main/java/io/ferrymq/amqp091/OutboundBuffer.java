package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.FrameSink;
import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.amqp091.codec.Method;
import io.ferrymq.wire.ByteSource;
import io.ferrymq.wire.Connection;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a session sends in one turn of the lane: written behind one buffer and flushed once, when the turn ends. Hundreds
 * of deliveries cost one write to the socket and one buffer.
 *
 * <p>Thread contract: the connection's lane.
 */
final class OutboundBuffer implements FrameSink {
    /** A buffer that has grown so far goes to the connection; its pages are still in the processor's cache. */
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    private static final int CHUNK_BYTES_MIN = 1 << 10;
    private static final int METHOD_BYTES = 256;

    /**
     * Unsent bytes past which nothing more is read from the peer. Deliveries stop much earlier, at the connection's
     * high-water mark; only answers that the peer asked for and does not take can get here.
     */
    private static final long UNSENT_BYTES_MAX = 8 << 20;

    /** The same while all connections together hold so much that each has to hold little. */
    private static final long SCARCE_UNSENT_BYTES_MAX = 64 << 10;

    private final Connection connection;
    private final Runnable requestTurnEnd;
    private @Nullable ByteBuf chunk;
    private int chunkBytes = CHUNK_BYTES_MIN;
    private int copiedBytes;
    private long turnBytes;
    private long room;

    /** {@code requestTurnEnd} sees to it that {@link #flush} is called when the turn ends. */
    OutboundBuffer(Connection connection, Runnable requestTurnEnd) {
        this.connection = connection;
        this.requestTurnEnd = requestTurnEnd;
    }

    @Override
    public ByteBuf buffer(int octets) {
        ByteBuf current = chunk;
        if (current != null && current.readableBytes() + octets <= CHUNK_BYTES_MAX) {
            return current;
        }
        handOver();
        return begin(octets);
    }

    private ByteBuf begin(int octets) {
        // Between the parts of large messages there is little.
        int bytes = turnBytes > copiedBytes ? CHUNK_BYTES_MIN : chunkBytes;
        ByteBuf fresh = connection.allocator().directBuffer(Math.max(bytes, octets));
        chunk = fresh;
        room = connection.bytesBeforeUnwritable();
        requestTurnEnd.run();
        return fresh;
    }

    @Override
    public void append(ByteBuf slice) {
        handOver();
        turnBytes += slice.readableBytes();
        connection.write(slice);
        requestTurnEnd.run();
    }

    /** Puts octets on the stream that are made when the peer can take them. */
    void append(ByteSource source) {
        handOver();
        turnBytes += source.remaining();
        connection.write(source);
        requestTurnEnd.run();
    }

    /** Writes one method. */
    void method(int channel, Method method) {
        FrameWriter.writeMethod(buffer(METHOD_BYTES), channel, method);
    }

    /** Sees to it that the turn ends with {@link #flush}, although nothing is written yet. */
    void requestFlush() {
        requestTurnEnd.run();
    }

    /** Whether a delivery, which can wait, may be written now. */
    boolean hasRoom() {
        ByteBuf current = chunk;
        return current == null ? connection.isWritable() : current.readableBytes() < room;
    }

    /** Whether so much is unsent that not even answers should be added. */
    boolean isOverfull() {
        return turnBytes > SCARCE_UNSENT_BYTES_MAX
                && unsentBytes() > (connection.isMemoryScarce() ? SCARCE_UNSENT_BYTES_MAX : UNSENT_BYTES_MAX);
    }

    private long unsentBytes() {
        ByteBuf current = chunk;
        return connection.pendingOutboundBytes() + (current == null ? 0 : current.readableBytes());
    }

    private void handOver() {
        ByteBuf current = chunk;
        if (current != null) {
            chunk = null;
            turnBytes += current.readableBytes();
            copiedBytes += current.readableBytes();
            connection.write(current);
        }
    }

    /** Sends what was written in this turn. The next turn's first buffer is as large as what was copied in this one. */
    void flush() {
        handOver();
        if (turnBytes > 0) {
            chunkBytes = Math.clamp(copiedBytes, CHUNK_BYTES_MIN, CHUNK_BYTES_MAX);
            copiedBytes = 0;
            connection.flush();
            turnBytes = connection.pendingOutboundBytes();
        }
    }

    /** Lets go of what was not handed over; nothing can be sent any more. */
    void release() {
        ByteBuf current = chunk;
        if (current != null) {
            chunk = null;
            current.release();
        }
    }
}
