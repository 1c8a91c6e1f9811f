package io.ferrymq.client.transport;

/**
 * Takes what a consumption delivers. Called one at a time, on the transport's thread: must be short and not block. An
 * exception is logged; a delivery that it concerns stays unsettled.
 */
public interface DeliveryListener {
    void delivered(Delivery delivery);

    /** The broker was lost: what was delivered so far cannot be settled any more and comes again. */
    default void interrupted() {}

    /**
     * The queue is somebody else's for now, most likely that of a connection of ours which the broker does not miss yet:
     * nothing is delivered until it is free. Told once for each connection that finds it so.
     */
    default void waiting(RequestException cause) {}

    /** The consumption ended without being asked to: the queue is gone, or the transport closed. */
    default void ended(TransportException cause) {}
}
