package io.ferrymq.broker.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A routing table in the hands of a test. */
final class Plan {
    final RoutingTable table = new RoutingTable();
    private final Router router = new Router();
    private long steps;

    Exchange exchange(ExchangeType type, String name) {
        return exchange(type, name, Map.of());
    }

    Exchange exchange(ExchangeType type, String name, Map<String, @Nullable Object> arguments) {
        Exchange exchange = type.create(name, arguments);
        table.add(exchange);
        return exchange;
    }

    Route bind(Exchange source, String stop, String routingKey) {
        return bind(source, stop, routingKey, Map.of());
    }

    Route bind(Exchange source, String stop, String routingKey, Map<String, @Nullable Object> arguments) {
        Route route = Route.to(new Stop(stop), routingKey, arguments);
        table.bind(source, route);
        return route;
    }

    /** The names of where a message goes, sorted. */
    List<String> route(Exchange start, Routable message) {
        Destinations found = router.route(table, start, message);
        steps = found.steps();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            names.add(found.get(i).name());
        }
        return names.stream().sorted().toList();
    }

    /** What the last {@link #route} took. */
    long steps() {
        return steps;
    }

    List<String> route(Exchange start, String routingKey) {
        return route(start, Letter.to(routingKey));
    }
}
