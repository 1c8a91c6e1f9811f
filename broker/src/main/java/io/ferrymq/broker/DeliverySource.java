package io.ferrymq.broker;

/**
 * Where deliveries come from and are settled: a queue, as whoever has its messages sees it. A delivery is told from all
 * others of its source by two numbers, its <em>place</em> and its <em>mark</em>, so that a window of deliveries needs no
 * object for each. See {@link Link#settle}.
 */
public interface DeliverySource {
    /** Nothing is said about a timeout. */
    long NO_TIMEOUT = -1;

    /** Milliseconds in which it wants deliveries answered, or {@link #NO_TIMEOUT}. Sessions see to it. */
    long timeoutMillis();
}
