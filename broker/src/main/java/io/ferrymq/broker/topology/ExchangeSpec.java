package io.ferrymq.broker.topology;

import io.ferrymq.broker.routing.ArgumentValues;
import io.ferrymq.broker.routing.ExchangeType;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An exchange as declared.
 *
 * @param name without line ends
 * @param durable whether the exchange outlives a restart
 * @param autoDelete whether the exchange goes with its last binding
 * @param internal whether only other exchanges may send to it
 */
public record ExchangeSpec(
        String name,
        ExchangeType type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments) {
    static final String ALTERNATE_EXCHANGE = "alternate-exchange";

    public ExchangeSpec {
        name = ResourceNames.stripped(name);
        arguments = Arguments.frozen(arguments);
    }

    /** A durable exchange without arguments. */
    public static ExchangeSpec durable(String name, ExchangeType type) {
        return new ExchangeSpec(name, type, true, false, false, Map.of());
    }

    /** The exchange that gets what this one cannot route; it need not exist. */
    public Optional<String> alternateExchange() {
        return arguments.get(ALTERNATE_EXCHANGE) instanceof String other ? Optional.of(other) : Optional.empty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExchangeSpec spec
                && name.equals(spec.name)
                && type == spec.type
                && durable == spec.durable
                && autoDelete == spec.autoDelete
                && internal == spec.internal
                && ArgumentValues.sameTables(arguments, spec.arguments);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, type);
    }
}
