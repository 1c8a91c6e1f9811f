package io.ferrymq.client.transport;

import java.util.Map;

/**
 * An exchange to be declared.
 *
 * @param type {@code direct}, {@code fanout}, {@code topic}, {@code headers}, or another that the broker knows
 * @param durable whether it outlives a restart of the broker
 * @param autoDelete whether it goes with its last binding
 */
public record ExchangeDeclaration(
        String name, String type, boolean durable, boolean autoDelete, Map<String, Object> arguments) {
    public ExchangeDeclaration {
        Names.exchange(name);
        Names.notNull(type, "the exchange's type");
        arguments = Map.copyOf(arguments);
    }

    /** An exchange that outlives a restart. */
    public static ExchangeDeclaration durable(String name, String type) {
        return new ExchangeDeclaration(name, type, true, false, Map.of());
    }
}
