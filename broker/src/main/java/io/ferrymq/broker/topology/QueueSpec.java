package io.ferrymq.broker.topology;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Placeholder. */
public record QueueSpec(
        String name, boolean durable, boolean exclusive, boolean autoDelete, Map<String, @Nullable Object> arguments) {}
