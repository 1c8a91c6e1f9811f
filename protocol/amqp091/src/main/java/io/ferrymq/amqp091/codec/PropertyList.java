package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;

/**
 * The octets of a property list (clause 4.2.6.1): flags, then the values of those properties whose flag is set.
 *
 * <pre>
 *   bit 15 14 13 ...              2   1   0
 *      +--+--+--+---------------+---+---+---+--------
 *      | content-type ...  cluster-id | 0 | more | values, in the order of the flags
 *      +--+--+--+---------------+---+---+---+--------
 * </pre>
 *
 * "More" announces another flag word. Class basic has nothing to put there, so such words may only be empty, and only
 * {@value #FLAG_WORDS_MAX} words are taken.
 */
final class PropertyList {
    static final int FLAG_WORDS_MAX = 4;

    private static final int MORE = 1;
    private static final int UNUSED = 2;

    private PropertyList() {}

    /** Checks flags and every value once, table included, without decoding or allocating anything. */
    static void validate(ByteBuf in, int offset, int length) {
        int end = offset + length;
        int at = validateFlags(in, offset, end);
        int flags = flags(in, offset);
        for (BasicProperty property : BasicProperty.inOrder()) {
            if (property.isIn(flags)) {
                at = property.validate(in, at, end);
            }
        }
        if (at != end) {
            throw MalformedFrameException.frameError((end - at) + " octets after the last property");
        }
    }

    private static int validateFlags(ByteBuf in, int offset, int end) {
        int at = offset;
        for (int word = 0; word < FLAG_WORDS_MAX; word++) {
            if (end - at < Short.BYTES) {
                throw MalformedFrameException.frameError("content header ends inside its flags");
            }
            int flags = in.getUnsignedShort(at);
            int allowed = word == 0 ? ~UNUSED : MORE;
            if ((flags & ~allowed) != 0) {
                throw MalformedFrameException.syntaxError("flags of unknown properties");
            }
            at += Short.BYTES;
            if ((flags & MORE) == 0) {
                return at;
            }
        }
        throw MalformedFrameException.syntaxError("more than " + FLAG_WORDS_MAX + " words of property flags");
    }

    static int flags(ByteBuf in, int offset) {
        return in.getUnsignedShort(offset);
    }

    /** The index of the first value of a list that was checked before. */
    static int valuesOffset(ByteBuf in, int offset) {
        int at = offset;
        while ((in.getUnsignedShort(at) & MORE) != 0) {
            at += Short.BYTES;
        }
        return at + Short.BYTES;
    }
}
