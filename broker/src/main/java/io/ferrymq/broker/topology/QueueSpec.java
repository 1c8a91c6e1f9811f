package io.ferrymq.broker.topology;

/**
 * A queue as declared.
 *
 * @param name without line ends; not empty, since whoever wants a name made up makes it up first
 * @param durable whether the queue outlives a restart. An exclusive queue never does, whatever was asked for
 * @param exclusive whether one connection has the queue to itself and takes it along when it ends
 * @param autoDelete whether the queue goes with its last consumer
 */
public record QueueSpec(String name, boolean durable, boolean exclusive, boolean autoDelete, QueueArguments arguments) {
    public QueueSpec {
        name = ResourceNames.stripped(name);
        durable = durable && !exclusive;
    }

    public QueueType type() {
        return arguments.type();
    }
}
