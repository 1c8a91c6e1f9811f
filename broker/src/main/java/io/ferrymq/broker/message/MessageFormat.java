package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one protocol's message header is read. The broker keeps a message's header as the bytes it came in; this is the
 * one view through which routing, dead-lettering and other protocols look into it.
 */
public interface MessageFormat {
    /** A number from 1 to 127 that is stored with every message and never changes its meaning. */
    byte id();

    /** The application headers; empty if there are none or they cannot be read. */
    Map<String, @Nullable Object> headers(ByteBuf header);

    /** A standard property ({@code message_id}, {@code correlation_id}, {@code timestamp}, …) as text; null if absent. */
    @Nullable String property(ByteBuf header, String name);
}
