package io.ferrymq.broker.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes every message along every route, whatever the keys. */
final class FanoutExchange extends Exchange {
    private final RouteSet routes = new RouteSet();

    FanoutExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    @Override
    void add(Route route) {
        routes.add(route);
    }

    @Override
    void remove(Route route) {
        routes.remove(route);
    }

    @Override
    void match(Routable message, Walk walk) {
        routes.followAll(walk);
    }

    @Override
    boolean dependsOnKeyOnly() {
        return true;
    }
}
