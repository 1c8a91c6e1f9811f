package io.ferrymq.broker;

/** A consumer on a queue. Lane only. */
public interface Subscription {
    /** Credit came back after {@link DeliverySink#hasCredit} had said no. Harmless otherwise. */
    void resume();

    /**
     * Milliseconds in which its arguments, or else the queue, want each delivery answered; {@link DeliverySource#NO_TIMEOUT} if
     * neither says anything. Sessions see to it.
     */
    long timeoutMillis();

    /** Ends it. What it was given stays unsettled until settled. A queue that deletes itself may go now. */
    void cancel();
}
