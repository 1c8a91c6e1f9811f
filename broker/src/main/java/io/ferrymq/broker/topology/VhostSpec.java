package io.ferrymq.broker.topology;

import java.util.List;

/**
 * A virtual host as created: a name space of its own for exchanges, queues and bindings.
 *
 * @param description for people
 * @param tags for people and tools
 * @param defaultQueueType what a queue becomes that names no type and has the properties that the type needs
 */
public record VhostSpec(String name, String description, List<String> tags, QueueType defaultQueueType) {
    public VhostSpec {
        tags = List.copyOf(tags);
    }

    /** A virtual host whose queues are classic unless they say otherwise. */
    public static VhostSpec named(String name) {
        return new VhostSpec(name, "", List.of(), QueueType.CLASSIC);
    }
}
