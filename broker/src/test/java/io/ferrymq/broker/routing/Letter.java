package io.ferrymq.broker.routing;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message as routing sees it. */
public record Letter(
        String routingKey,
        List<String> extraRoutingKeys,
        Map<String, @Nullable Object> headers,
        Map<String, String> properties)
        implements Routable {
    public static Letter to(String routingKey, String... extraKeys) {
        return new Letter(routingKey, List.of(extraKeys), Map.of(), Map.of());
    }

    public static Letter with(Map<String, @Nullable Object> headers) {
        return new Letter("", List.of(), headers, Map.of());
    }

    @Override
    public @Nullable String property(String name) {
        return properties.get(name);
    }
}
