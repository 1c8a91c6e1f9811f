package io.ferrymq.broker.routing;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kinds of exchanges that can be declared. */
public enum ExchangeType {
    DIRECT("direct"),
    FANOUT("fanout"),
    TOPIC("topic"),
    HEADERS("headers"),
    CONSISTENT_HASH("x-consistent-hash"),
    DELAYED("x-delayed-message");

    private final String wireName;

    ExchangeType(String wireName) {
        this.wireName = wireName;
    }

    /** The name that clients use. */
    public String wireName() {
        return wireName;
    }

    public static Optional<ExchangeType> of(String wireName) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equals(wireName))
                .findFirst();
    }

    /**
     * The type of that name.
     *
     * @throws RefusedException with {@code UnknownExchangeType} if there is none
     */
    public static ExchangeType require(String wireName) {
        return of(wireName).orElseThrow(() -> new RefusedException(new Refusal.UnknownExchangeType(wireName)));
    }

    /**
     * Checks the arguments of an exchange that is to be declared.
     *
     * @throws RefusedException with {@code InvalidArgument} if one is not acceptable
     */
    public void requireDeclarable(Resource self, Map<String, @Nullable Object> arguments) {
        Object alternate = arguments.get(Exchange.ALTERNATE_EXCHANGE);
        if (arguments.containsKey(Exchange.ALTERNATE_EXCHANGE) && !(alternate instanceof String)) {
            throw new RefusedException(new Refusal.InvalidArgument(
                    self,
                    Exchange.ALTERNATE_EXCHANGE,
                    alternate,
                    new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT)));
        }
        if (this == CONSISTENT_HASH) {
            ConsistentHashExchange.requireDeclarable(self, arguments);
        } else if (this == DELAYED) {
            DelayedExchange.requireDeclarable(self, arguments);
        }
    }

    /** A new exchange without routes. */
    public Exchange create(String name, Map<String, @Nullable Object> arguments) {
        return switch (this) {
            case DIRECT -> new DirectExchange(name, arguments);
            case FANOUT -> new FanoutExchange(name, arguments);
            case TOPIC -> new TopicExchange(name, arguments);
            case HEADERS -> new HeadersExchange(name, arguments);
            case CONSISTENT_HASH -> new ConsistentHashExchange(name, arguments);
            case DELAYED -> new DelayedExchange(name, arguments);
        };
    }
}
