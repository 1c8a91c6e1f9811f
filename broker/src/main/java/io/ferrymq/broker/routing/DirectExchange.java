package io.ferrymq.broker.routing;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes a message along every route whose key equals the message's. */
final class DirectExchange extends KeyedExchange {
    private final Map<String, RouteSet> routesByKey = new HashMap<>();

    DirectExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    @Override
    void add(Route route) {
        routesByKey.computeIfAbsent(route.routingKey(), _ -> new RouteSet()).add(route);
    }

    @Override
    void remove(Route route) {
        RouteSet routes = routesByKey.get(route.routingKey());
        if (routes == null) {
            throw new IllegalStateException("no route has the key " + route.routingKey());
        }
        routes.remove(route);
        if (routes.isEmpty()) {
            routesByKey.remove(route.routingKey());
        }
    }

    @Override
    void match(String key, Walk walk) {
        RouteSet routes = routesByKey.get(key);
        if (routes != null) {
            routes.followAll(walk);
        }
    }
}
