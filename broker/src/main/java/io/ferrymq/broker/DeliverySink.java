package io.ferrymq.broker;

/**
 * Where a subscription's messages go; implemented by a session. Called on the lane. None of the calls may call back
 * into the {@link Link} except {@link Link#settle} through a later turn.
 */
public interface DeliverySink {
    /**
     * Whether one more message may be delivered now. Asked before each delivery. Once it has said no, the queue passes
     * the subscription over until {@link Subscription#resume}.
     */
    boolean hasCredit();

    /** How many more messages may be delivered now, at most. */
    default int credit() {
        return hasCredit() ? Integer.MAX_VALUE : 0;
    }

    /** Takes one message; must not fail. Bytes are written out when the turn ends. */
    void deliver(Delivery delivery);

    /** The subscription ended because its queue is gone. */
    void cancelled();
}
