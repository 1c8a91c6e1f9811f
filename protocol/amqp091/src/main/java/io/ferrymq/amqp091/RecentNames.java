package io.ferrymq.amqp091;

import io.ferrymq.broker.message.ShortText;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The names that a client has used lately, found by their octets. A publisher uses few, so its messages create none.
 *
 * <p>Thread contract: the connection's lane.
 */
final class RecentNames {
    private static final int SIZE = 16;

    private final @Nullable ShortText[] names = new ShortText[SIZE];

    /** The name at this place of the buffer. */
    ShortText of(ByteBuf in, int offset, int length) {
        int slot = slot(in, offset, length);
        ShortText known = names[slot];
        if (known != null && known.matches(in, offset, length)) {
            return known;
        }
        ShortText fresh = ShortText.of(in, offset, length);
        names[slot] = fresh;
        return fresh;
    }

    /** By length and last octet: names that differ often count up at their end. */
    private static int slot(ByteBuf in, int offset, int length) {
        int last = length == 0 ? 0 : in.getByte(offset + length - 1);
        return (last * 31 + length) & (SIZE - 1);
    }
}
