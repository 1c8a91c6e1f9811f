package io.ferrymq.broker.routing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An exchange that takes a message by its routing key, and once more by each further key. */
abstract sealed class KeyedExchange extends Exchange permits DefaultExchange, DirectExchange, TopicExchange {
    KeyedExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    /** Follows every route that takes a message with this key. */
    abstract void match(String routingKey, Walk walk);

    @Override
    final void match(Routable message, Walk walk) {
        match(message.routingKey(), walk);
        List<String> extraKeys = message.extraRoutingKeys();
        for (int i = 0; i < extraKeys.size(); i++) {
            match(extraKeys.get(i), walk);
        }
    }

    @Override
    boolean dependsOnKeyOnly() {
        return true;
    }
}
