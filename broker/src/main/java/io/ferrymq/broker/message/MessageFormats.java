package io.ferrymq.broker.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header formats of all protocols, by the numbers that are stored with the messages. */
public final class MessageFormats {
    private final @Nullable MessageFormat[] byId = new MessageFormat[Byte.MAX_VALUE + 1];

    /**
     * @throws IllegalArgumentException if one has a number that is not from 1 to 127, or two have the same
     */
    public MessageFormats(List<MessageFormat> formats) {
        for (MessageFormat format : formats) {
            if (format.id() < 1 || byId[format.id()] != null) {
                throw new IllegalArgumentException("format " + format.id() + " is out of range or there twice");
            }
            byId[format.id()] = format;
        }
    }

    /** The format with a number that was read from a message; null if no protocol here understands it. */
    public @Nullable MessageFormat get(byte id) {
        return id < 0 ? null : byId[id];
    }
}
