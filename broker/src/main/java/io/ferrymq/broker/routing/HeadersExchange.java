package io.ferrymq.broker.routing;

import io.ferrymq.broker.Resource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes a message along every route whose {@link HeaderCondition} its headers meet. Routing keys do not count. */
final class HeadersExchange extends Exchange {
    private final AnnotatedRoutes<HeaderCondition> routes = new AnnotatedRoutes<>();

    HeadersExchange(String name, Map<String, @Nullable Object> arguments) {
        super(name, arguments);
    }

    @Override
    public void requireBindable(Resource self, String routingKey, Map<String, @Nullable Object> arguments) {
        HeaderCondition.requireValid(self, arguments);
    }

    @Override
    void add(Route route) {
        routes.add(route, HeaderCondition.of(route.arguments()));
    }

    @Override
    void remove(Route route) {
        routes.remove(route);
    }

    @Override
    void match(Routable message, Walk walk) {
        Map<String, @Nullable Object> headers = message.headers();
        for (int i = 0; i < routes.size(); i++) {
            if (routes.note(i).isMetBy(headers)) {
                routes.route(i).follow(walk);
            }
        }
    }

    @Override
    boolean dependsOnKeyOnly() {
        return false;
    }
}
