package io.ferrymq.broker.routing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What routing may look at in a message. */
public interface Routable {
    String routingKey();

    /** Further keys that the sender gave, as CC and BCC headers do; routed as if sent with each. */
    List<String> extraRoutingKeys();

    /** Decoded on first use; empty if the message has none. */
    Map<String, @Nullable Object> headers();

    /** A named property such as {@code message_id}, {@code correlation_id} or {@code timestamp} as text; null if absent. */
    @Nullable String property(String name);

    /** How long an exchange that delays keeps the message before it routes it; 0 for not at all. */
    default long exchangeDelayMillis() {
        return 0;
    }
}
