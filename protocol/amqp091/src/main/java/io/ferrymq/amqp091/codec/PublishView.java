package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * A window on the arguments of {@code basic.publish} (60.40), which shows exchange and routing key as places in the
 * buffer. One for each connection, used on its event loop only; it allocates nothing for a message, where {@link
 * BasicMethod.Publish} would cost a record and two strings. Neither string has to be UTF-8 here.
 *
 * <pre>
 *   +-------------+----------+-----------+-------------+---------+
 *   | 0x003C 0028 | reserved | exchange  | routing key | bits    |
 *   +-------------+----------+-----------+-------------+---------+
 *     class, method  uint16   short string  short string  mandatory, immediate
 * </pre>
 */
public final class PublishView {
    private static final int ADDRESS_OFFSET = Method.ID_LENGTH + Short.BYTES;
    private static final int MANDATORY = 1;
    private static final int IMMEDIATE = 2;

    private ByteBuf buffer = BasicProperties.NONE;
    private int addressOffset;
    private int routingKeyOffset;
    private int end;

    /**
     * Points this window at a method frame's payload whose id is {@link BasicMethod.Publish#ID}.
     *
     * @throws MalformedFrameException 501 if the arguments do not fill the payload exactly
     */
    public PublishView wrap(ByteBuf in, int offset, int length) {
        buffer = in;
        end = offset + length;
        addressOffset = offset + ADDRESS_OFFSET;
        routingKeyOffset = behindShortString(addressOffset);
        if (behindShortString(routingKeyOffset) + 1 != end) {
            throw misfit();
        }
        return this;
    }

    private int behindShortString(int at) {
        if (at >= end) {
            throw misfit();
        }
        return at + 1 + buffer.getUnsignedByte(at);
    }

    private static MalformedFrameException misfit() {
        return MalformedFrameException.frameError("arguments of basic.publish do not fit")
                .in(BasicMethod.Publish.ID);
    }

    /** The buffer that all offsets are for. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Absolute index of the exchange's length octet, which the routing key follows: see {@link BasicFrames}. */
    public int addressOffset() {
        return addressOffset;
    }

    /** Octets of exchange and routing key with both length octets; 2 to 512. */
    public int addressLength() {
        return end - 1 - addressOffset;
    }

    /** Absolute index of the exchange's first octet. */
    public int exchangeOffset() {
        return addressOffset + 1;
    }

    /** 0 to 255 octets. */
    public int exchangeLength() {
        return buffer.getUnsignedByte(addressOffset);
    }

    /** Absolute index of the routing key's first octet. */
    public int routingKeyOffset() {
        return routingKeyOffset + 1;
    }

    /** 0 to 255 octets. */
    public int routingKeyLength() {
        return buffer.getUnsignedByte(routingKeyOffset);
    }

    /** Whether the message comes back if no queue takes it. */
    public boolean mandatory() {
        return (buffer.getByte(end - 1) & MANDATORY) != 0;
    }

    /** Whether the message comes back if no consumer takes it at once. */
    public boolean immediate() {
        return (buffer.getByte(end - 1) & IMMEDIATE) != 0;
    }

    /** The exchange as text, for the cold path. */
    public String exchange() {
        return buffer.toString(exchangeOffset(), exchangeLength(), StandardCharsets.UTF_8);
    }

    /** The routing key as text, for the cold path. */
    public String routingKey() {
        return buffer.toString(routingKeyOffset(), routingKeyLength(), StandardCharsets.UTF_8);
    }
}
