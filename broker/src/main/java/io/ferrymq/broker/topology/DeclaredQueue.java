package io.ferrymq.broker.topology;

import io.ferrymq.broker.routing.Destination;

/** What topology needs to know of a queue. Owned by the shard's lane. */
public interface DeclaredQueue {
    /** The number that the log knows the queue by. */
    long number();

    QueueSpec spec();

    /** The connection that has the queue to itself; {@link QueueOwner#NOBODY} if the queue is not exclusive. */
    QueueOwner owner();

    /** The queue as routing sees it, most likely the same object. */
    Destination destination();
}
