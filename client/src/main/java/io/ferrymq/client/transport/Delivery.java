package io.ferrymq.client.transport;

/** A message that was delivered. Any thread. */
public interface Delivery {
    String exchange();

    String routingKey();

    MessageProperties properties();

    /** The receiver's own bytes. */
    byte[] body();

    /** Whether it may have been delivered before. */
    boolean redelivered();

    /**
     * Answers the delivery. Only the first call counts; does not wait. If the broker was lost since, nothing happens, and
     * the message comes again.
     */
    void settle(Settlement settlement);
}
