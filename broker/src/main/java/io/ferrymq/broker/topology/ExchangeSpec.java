package io.ferrymq.broker.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Placeholder. */
public record ExchangeSpec(
        String name,
        String type,
        boolean durable,
        boolean autoDelete,
        boolean internal,
        Map<String, @Nullable Object> arguments) {}
