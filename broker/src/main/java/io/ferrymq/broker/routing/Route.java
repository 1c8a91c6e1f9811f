package io.ferrymq.broker.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One binding as its exchange sees it: what it leads to, and on which condition. It stands in one {@link RouteSet} and
 * knows its place there.
 *
 * <p>Owned by the shard's lane.
 */
public abstract sealed class Route {
    private final String routingKey;
    private final Map<String, @Nullable Object> arguments;

    /** Index in the set that holds this route; -1 while none does. */
    int place = -1;

    private Route(String routingKey, Map<String, @Nullable Object> arguments) {
        this.routingKey = routingKey;
        this.arguments = arguments;
    }

    /** A route to a queue. */
    public static Route to(Destination destination, String routingKey, Map<String, @Nullable Object> arguments) {
        return new ToDestination(destination, routingKey, arguments);
    }

    /** A route to a further exchange. */
    public static Route to(Exchange exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        return new ToExchange(exchange, routingKey, arguments);
    }

    final String routingKey() {
        return routingKey;
    }

    final Map<String, @Nullable Object> arguments() {
        return arguments;
    }

    /** Whether there still is what this route leads to. If not, it is followed by nobody and waits to be taken away. */
    public abstract boolean isLive();

    /** Tells {@code walk} what this route leads to, if that is still there. */
    abstract void follow(Walk walk);

    /** Tells queues and exchanges apart, and one from another, the same way in every process. */
    abstract String targetName();

    private static final class ToDestination extends Route {
        private final Destination destination;

        private ToDestination(Destination destination, String routingKey, Map<String, @Nullable Object> arguments) {
            super(routingKey, arguments);
            this.destination = destination;
        }

        @Override
        void follow(Walk walk) {
            if (isLive()) {
                walk.reach(destination);
            }
        }

        @Override
        public boolean isLive() {
            return destination.isReachable();
        }

        @Override
        String targetName() {
            return "queue " + destination.name();
        }
    }

    private static final class ToExchange extends Route {
        private final Exchange exchange;

        private ToExchange(Exchange exchange, String routingKey, Map<String, @Nullable Object> arguments) {
            super(routingKey, arguments);
            this.exchange = exchange;
        }

        @Override
        void follow(Walk walk) {
            if (isLive()) {
                walk.enter(exchange);
            }
        }

        @Override
        public boolean isLive() {
            return exchange.isReachable();
        }

        @Override
        String targetName() {
            return "exchange " + exchange.name();
        }
    }
}
