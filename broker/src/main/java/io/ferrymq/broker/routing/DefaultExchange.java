package io.ferrymq.broker.routing;

import java.util.Map;

/** The exchange without a name: each queue is reached by its own name, without bindings. */
final class DefaultExchange extends KeyedExchange {
    private final Map<String, Destination> destinations;

    /** Looks into {@code destinations} as it is at the time of a message. */
    DefaultExchange(Map<String, Destination> destinations) {
        super("", Map.of());
        this.destinations = destinations;
    }

    @Override
    void add(Route route) {
        throw new IllegalStateException("the default exchange has no bindings");
    }

    @Override
    void remove(Route route) {
        throw new IllegalStateException("the default exchange has no bindings");
    }

    @Override
    void match(String queueName, Walk walk) {
        Destination destination = destinations.get(queueName);
        if (destination != null) {
            walk.reach(destination);
        }
    }

    /** False: it depends on which queues exist, and is one look-up anyway. */
    @Override
    boolean dependsOnKeyOnly() {
        return false;
    }
}
