package io.ferrymq.client.transport;

import java.util.Map;

/** That a queue gets what an exchange has for a routing key, or for the arguments of a headers exchange. */
public record Binding(String queue, String exchange, String routingKey, Map<String, Object> arguments) {
    public Binding {
        Names.queue(queue);
        Names.exchange(exchange);
        Names.notNull(routingKey, "the routing key");
        arguments = Map.copyOf(arguments);
    }

    public Binding(String queue, String exchange, String routingKey) {
        this(queue, exchange, routingKey, Map.of());
    }
}
