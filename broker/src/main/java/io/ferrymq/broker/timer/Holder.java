package io.ferrymq.broker.timer;

/** Where a message waits for its time, and where it goes on from then. */
public sealed interface Holder {
    String vhost();

    /**
     * An exchange, which routes the message when it is due.
     *
     * @param exchange its name; empty for the default exchange
     */
    record AtExchange(String vhost, String exchange) implements Holder {}

    /**
     * A queue, which has the message to hand out when it is due.
     *
     * @param queue its number in the log
     */
    record AtQueue(String vhost, long queue) implements Holder {}
}
