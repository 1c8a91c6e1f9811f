package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * A window on the payload of a header frame (clause 4.2.6.1), checked when it is set. One for each connection, used on
 * its event loop only; it allocates nothing for a message.
 *
 * <pre>
 *   +----------+--------+-----------+----------------+------------
 *   | class id | weight | body size | property flags | properties
 *   +----------+--------+-----------+----------------+------------
 *     uint16     uint16   uint64      uint16 each
 * </pre>
 */
public final class ContentHeader {
    /** Octets before the property flags. */
    public static final int FIXED_LENGTH = 12;

    private static final int WEIGHT_OFFSET = 2;
    private static final int BODY_SIZE_OFFSET = 4;

    private final BasicProperties properties = new BasicProperties();
    private long bodySize;

    /**
     * Points this window at a header frame's payload, checks all of it, properties included, and takes the body size.
     *
     * @throws MalformedFrameException 505 for a class other than basic, 501 for parts that do not fit, 502 for a weight that
     *     is not zero, a body of 2^63 octets or more, or properties that {@link BasicProperties#validate} refuses
     */
    public ContentHeader wrap(ByteBuf in, int offset, int length) {
        if (length < FIXED_LENGTH) {
            throw MalformedFrameException.frameError("content header of " + length + " octets");
        }
        int classId = in.getUnsignedShort(offset);
        if (classId != BasicMethod.CLASS_ID) {
            throw MalformedFrameException.unexpectedFrame(
                    BasicMethod.Publish.ID,
                    "expected content header for class " + BasicMethod.CLASS_ID + ", got one for class " + classId
                            + " instead");
        }
        if (in.getUnsignedShort(offset + WEIGHT_OFFSET) != 0) {
            throw MalformedFrameException.syntaxError("content header with a weight");
        }
        bodySize = in.getLong(offset + BODY_SIZE_OFFSET);
        if (bodySize < 0) {
            throw MalformedFrameException.syntaxError("body of " + Long.toUnsignedString(bodySize) + " octets");
        }
        BasicProperties.validate(in, offset + FIXED_LENGTH, length - FIXED_LENGTH);
        properties.wrap(in, offset + FIXED_LENGTH, length - FIXED_LENGTH);
        return this;
    }

    /** Octets of body that follow in body frames; 0 to 2^63 - 1. What is too much is for the session to say. */
    public long bodySize() {
        return bodySize;
    }

    /** The properties, as a window that moves with this one. */
    public BasicProperties properties() {
        return properties;
    }
}
