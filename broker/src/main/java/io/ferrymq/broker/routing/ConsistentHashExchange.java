package io.ferrymq.broker.routing;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes each message along one route, the same one for equal keys, so that the routes share the messages in proportion
 * to their weights. A route's weight is the number that its routing key spells.
 *
 * <p>The key is the routing key, or the header that {@code hash-header} names, or the property that {@code
 * hash-property} names. Messages without it all go the same way.
 *
 * <p>This is weighted rendezvous hashing: each route draws a number from a hash of the key and of its target's name, and
 * the best draw wins. A new route takes keys only for itself, and the keys of a route that goes spread over those that
 * stay; no other key moves. The choice depends on the set of routes only, neither on their order nor on the process. It
 * takes time proportional to the routes, which are as few as the queues that share the work. A target that is bound
 * twice draws the same number twice and so counts with its largest weight.
 */
final class ConsistentHashExchange extends Exchange {
    static final int WEIGHT_MAX = 10_000;

    private static final int STEPS_PER_DRAW = 40;

    private static final String HASH_HEADER = "hash-header";
    private static final String HASH_PROPERTY = "hash-property";
    private static final List<String> PROPERTIES = List.of("correlation_id", "message_id", "timestamp");

    private final AnnotatedRoutes<Draw> routes = new AnnotatedRoutes<>();
    private final @Nullable String header;
    private final @Nullable String property;

    ConsistentHashExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
        this.header = arguments.get(HASH_HEADER) instanceof String text ? text : null;
        this.property = arguments.get(HASH_PROPERTY) instanceof String text ? text : null;
    }

    /** Refuses arguments that do not say what to hash. */
    static void requireDeclarable(Resource self, Map<String, @Nullable Object> arguments) {
        requireText(self, HASH_HEADER, arguments);
        requireText(self, HASH_PROPERTY, arguments);
        Object property = arguments.get(HASH_PROPERTY);
        if (property == null) {
            return;
        }
        if (arguments.get(HASH_HEADER) != null) {
            throw invalid(self, HASH_PROPERTY, property, new ValueProblem.Excludes(HASH_HEADER));
        }
        if (!PROPERTIES.contains(property)) {
            throw invalid(self, HASH_PROPERTY, property, new ValueProblem.NotOneOf(PROPERTIES));
        }
    }

    @Override
    public void requireBindable(Resource self, String routingKey, Map<String, @Nullable Object> arguments) {
        weightProblem(routingKey).ifPresent(problem -> {
            throw invalid(self, "routing_key", routingKey, problem);
        });
    }

    @Override
    void add(Route route) {
        routes.add(route, new Draw(StableHash.of(route.targetName()), Math.max(1, weight(route.routingKey()))));
    }

    @Override
    void remove(Route route) {
        routes.remove(route);
    }

    @Override
    void match(Routable message, Walk walk) {
        if (routes.size() == 0) {
            return;
        }
        walk.step((long) STEPS_PER_DRAW * routes.size());
        long key = key(message);
        int best = 0;
        double bestDelay = Double.POSITIVE_INFINITY;
        for (int i = 0; i < routes.size(); i++) {
            double delay = routes.note(i).delay(key);
            if (delay < bestDelay && routes.route(i).isLive()) {
                bestDelay = delay;
                best = i;
            }
        }
        routes.route(best).follow(walk);
    }

    @Override
    boolean dependsOnKeyOnly() {
        return header == null && property == null;
    }

    private long key(Routable message) {
        if (header != null) {
            return StableHash.ofValue(message.headers().get(header));
        }
        return property != null ? StableHash.ofValue(message.property(property)) : StableHash.of(message.routingKey());
    }

    /** The number that the key spells; -1 if it spells none that could be a weight. */
    private static int weight(String routingKey) {
        try {
            return Integer.parseInt(routingKey);
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private static Optional<ValueProblem> weightProblem(String routingKey) {
        try {
            BigInteger weight = new BigInteger(routingKey);
            if (weight.signum() <= 0) {
                return Optional.of(new ValueProblem.TooSmall(1));
            }
            boolean tooLarge = weight.compareTo(BigInteger.valueOf(WEIGHT_MAX)) > 0;
            return tooLarge ? Optional.of(new ValueProblem.TooLarge(WEIGHT_MAX)) : Optional.empty();
        } catch (NumberFormatException _) {
            return Optional.of(new ValueProblem.WrongType(ValueProblem.ArgumentType.INTEGER));
        }
    }

    private static void requireText(Resource self, String name, Map<String, @Nullable Object> arguments) {
        Object value = arguments.get(name);
        if (arguments.containsKey(name) && !(value instanceof String)) {
            throw invalid(self, name, value, new ValueProblem.WrongType(ValueProblem.ArgumentType.TEXT));
        }
    }

    private static RefusedException invalid(
            Resource self, String argument, @Nullable Object value, ValueProblem problem) {
        return new RefusedException(new Refusal.InvalidArgument(self, argument, value, problem));
    }

    /**
     * A route's part in the draw. Of exponentially distributed delays with rates proportional to the weights, each is
     * the shortest as often as its weight says.
     */
    private record Draw(long target, int weight) {
        double delay(long key) {
            // 53 bits in the middle of their cells: strictly between 0 and 1.
            double uniform = ((StableHash.mix(key ^ target) >>> 11) + 0.5) * 0x1p-53;
            return -StrictMath.log(uniform) / weight;
        }
    }
}
