package io.ferrymq.amqp091;

import io.ferrymq.broker.DeliverySource;

/**
 * Who of a channel has a delivery: one of its consumers, or {@code basic.get}. One object for all deliveries that come
 * from one source this way, so that none is needed for a delivery.
 *
 * <p>Thread contract: the connection's lane.
 */
interface Holder {
    /** Where its deliveries are settled. */
    DeliverySource source();

    /** The consumer whose prefetch counts its deliveries; none for {@code basic.get}. */
    default boolean isConsumer() {
        return false;
    }

    /** How long a delivery may stay unsettled as the consumer's arguments or the queue's say; else none. */
    long timeoutMillis();

    /** A delivery was settled. Returns whether the queue should be told that there is credit again. */
    default boolean settled() {
        return false;
    }

    /** Asks the queue for more. */
    default void wake() {}
}
