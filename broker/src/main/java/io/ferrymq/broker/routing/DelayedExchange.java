package io.ferrymq.broker.routing;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a message for as long as the message says, and then routes it as an exchange of another type would, with the
 * routes of that time. A message that does not ask for a delay, or has had it, is routed at once.
 *
 * <p>Argument {@code x-delayed-type}: the other type (the delayed message exchange plug-in of RabbitMQ).
 */
final class DelayedExchange extends Exchange {
    private static final String DELAYED_TYPE = "x-delayed-type";

    private final Exchange router;

    DelayedExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
        this.router = routingType(arguments).orElse(ExchangeType.DIRECT).create(name, arguments);
    }

    /** Refuses a declaration that does not say how to route. */
    static void requireDeclarable(Resource self, Map<String, @Nullable Object> arguments) {
        ExchangeType type = routingType(arguments)
                .orElseThrow(() -> new RefusedException(new Refusal.InvalidArgument(
                        self, DELAYED_TYPE, arguments.get(DELAYED_TYPE), new ValueProblem.NotOneOf(routingTypes()))));
        type.requireDeclarable(self, arguments);
    }

    private static Optional<ExchangeType> routingType(Map<String, @Nullable Object> arguments) {
        return arguments.get(DELAYED_TYPE) instanceof String name
                ? ExchangeType.of(name).filter(type -> type != ExchangeType.DELAYED)
                : Optional.empty();
    }

    private static List<String> routingTypes() {
        return Arrays.stream(ExchangeType.values())
                .filter(type -> type != ExchangeType.DELAYED)
                .map(ExchangeType::wireName)
                .toList();
    }

    @Override
    public void requireBindable(Resource self, String routingKey, Map<String, @Nullable Object> arguments) {
        router.requireBindable(self, routingKey, arguments);
    }

    @Override
    void add(Route route) {
        router.add(route);
    }

    @Override
    void remove(Route route) {
        router.remove(route);
    }

    @Override
    void match(Routable message, Walk walk) {
        if (message.exchangeDelayMillis() > 0) {
            walk.holdAt(this);
        } else {
            router.match(message, walk);
        }
    }

    @Override
    public long memoryBytes() {
        return router.memoryBytes();
    }

    @Override
    boolean dependsOnKeyOnly() {
        return false;
    }
}
