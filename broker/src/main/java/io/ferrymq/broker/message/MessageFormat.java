package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one protocol's message header is read, and written for a message that the broker makes itself. The broker keeps a
 * message's header as the bytes it came in; this is the one view through which routing, dead-lettering and other
 * protocols look into it.
 */
public interface MessageFormat {
    /** A number from 1 to 127 that is stored with every message and never changes its meaning. */
    byte id();

    /** The application headers; empty if there are none or they cannot be read. */
    Map<String, @Nullable Object> headers(ByteBuf header);

    /** One application header; null if it is absent or cannot be read. Cheaper than asking for all. */
    @Nullable Object header(ByteBuf header, String name);

    /**
     * The texts in one application header that is a list, which {@link Octets} makes of their bytes; empty if it is
     * absent or no list.
     */
    default List<String> texts(ByteBuf header, String name) {
        return header(header, name) instanceof List<?> values
                ? values.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }

    /**
     * A standard property ({@code message_id}, {@code correlation_id}, {@code timestamp}, …) as the text that {@link Octets}
     * makes of its bytes; null if absent.
     */
    @Nullable String property(ByteBuf header, String name);

    /**
     * A header with these standard properties, named and written as {@link #property} has them, and no other. Texts have
     * at most 255 bytes of UTF-8. The bytes are on the heap and need no release.
     */
    ByteBuf withProperties(Map<String, String> properties);
}
