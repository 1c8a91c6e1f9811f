package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * A window on the arguments of {@code basic.ack} (60.80), {@code basic.reject} (60.90) or {@code basic.nack} (60.120).
 * One for each connection, used on its event loop only; it allocates nothing, where the records would cost one each.
 *
 * <pre>
 *   +-------------+--------------+-----------------------------------------------------+
 *   | ids         | delivery tag | ack: multiple; reject: requeue; nack: multiple, requeue |
 *   +-------------+--------------+-----------------------------------------------------+
 *     2 uint16      uint64         bits, lowest first
 * </pre>
 */
public final class SettlementView {
    private static final int LENGTH = Method.ID_LENGTH + Long.BYTES + 1;
    private static final int FIRST_BIT = 1;
    private static final int SECOND_BIT = 2;

    private int id;
    private long deliveryTag;
    private int bits;

    /** Whether this window is for methods with this {@link Method#id}. */
    public static boolean isSettlement(int id) {
        return id == BasicMethod.Ack.ID || id == BasicMethod.Nack.ID || id == BasicMethod.Reject.ID;
    }

    /**
     * Takes in a method frame's payload for which {@link #isSettlement} holds; the buffer is not needed afterwards.
     *
     * @throws MalformedFrameException 501 if the arguments do not fill the payload exactly
     */
    public SettlementView wrap(ByteBuf in, int offset, int length) {
        id = Method.peekId(in, offset, length);
        if (!isSettlement(id)) {
            throw new IllegalArgumentException("method " + Integer.toHexString(id) + " settles nothing");
        }
        if (length != LENGTH) {
            throw MalformedFrameException.frameError("arguments of a settlement do not fit")
                    .in(id);
        }
        deliveryTag = in.getLong(offset + Method.ID_LENGTH);
        bits = in.getByte(offset + LENGTH - 1);
        return this;
    }

    /** {@link BasicMethod.Ack#ID}, {@link BasicMethod.Nack#ID} or {@link BasicMethod.Reject#ID}. */
    public int id() {
        return id;
    }

    /** Unsigned; 0 with {@link #multiple} means all. */
    public long deliveryTag() {
        return deliveryTag;
    }

    /** Whether all deliveries up to the tag are meant; never for a reject. */
    public boolean multiple() {
        return id != BasicMethod.Reject.ID && (bits & FIRST_BIT) != 0;
    }

    /** Whether the message goes back to its queue; never for an ack. */
    public boolean requeue() {
        return switch (id) {
            case BasicMethod.Nack.ID -> (bits & SECOND_BIT) != 0;
            case BasicMethod.Reject.ID -> (bits & FIRST_BIT) != 0;
            default -> false;
        };
    }
}
