package io.ferrymq.broker.topology;

/** Makes queues when a declaration is applied, and is told when they are gone. Called on the shard's lane. */
public interface QueueFactory {
    /** A new, empty queue. It is not yet part of {@code vhost}. */
    DeclaredQueue create(long number, VirtualHost vhost, QueueSpec spec, QueueOwner owner);

    /** The queue is no longer part of {@code vhost}; nothing is routed to it from now on, and what it holds is lost. */
    default void discard(VirtualHost vhost, DeclaredQueue queue) {}
}
