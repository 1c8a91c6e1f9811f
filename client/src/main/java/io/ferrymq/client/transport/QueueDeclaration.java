package io.ferrymq.client.transport;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A queue to be declared.
 *
 * @param name empty for a new name
 * @param durable whether it outlives a restart of the broker
 * @param exclusive whether this transport has it to itself and takes it along when it closes
 * @param autoDelete whether it goes with its last consumer
 * @param arguments such as {@code x-max-length}
 */
public record QueueDeclaration(
        String name, boolean durable, boolean exclusive, boolean autoDelete, Map<String, Object> arguments) {
    public QueueDeclaration {
        Names.notNull(name, "the queue's name");
        arguments = Map.copyOf(arguments);
    }

    /** A queue that outlives a restart. */
    public static QueueDeclaration durable(String name) {
        return new QueueDeclaration(name, true, false, false, Map.of());
    }

    /** A queue of a new name for this transport alone, gone with its last consumer or with the transport. */
    public static QueueDeclaration temporary() {
        return new QueueDeclaration("", false, true, true, Map.of());
    }

    /** The same queue with one argument more. */
    public QueueDeclaration with(String argument, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(arguments);
        more.put(argument, value);
        return new QueueDeclaration(name, durable, exclusive, autoDelete, more);
    }

    /** The same queue under another name. */
    public QueueDeclaration named(String newName) {
        return new QueueDeclaration(newName, durable, exclusive, autoDelete, arguments);
    }
}
