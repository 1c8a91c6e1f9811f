package io.ferrymq.client;

/**
 * How a handler is called.
 *
 * @param concurrency how many messages are handled at a time
 * @param prefetch how many messages are here at a time, handled or waiting; at least {@code concurrency}
 */
public record SubscribeOptions(int concurrency, int prefetch, Acknowledge acknowledge, RetryPolicy retry) {
    /** When the broker may forget a message. */
    public enum Acknowledge {
        /** When the handler has returned; if it throws, as the retry policy says. */
        AFTER_HANDLING,
        /** Before the handler is called: at most once. */
        BEFORE_HANDLING,
        /** When the handler, or whoever it gave the message to, says so. If it throws, as the retry policy says. */
        BY_HANDLER
    }

    /** One at a time, acknowledged after handling, tried again for ever. */
    public static final SubscribeOptions DEFAULT =
            new SubscribeOptions(1, 1, Acknowledge.AFTER_HANDLING, RetryPolicy.FOREVER);

    public SubscribeOptions {
        if (concurrency < 1 || prefetch < concurrency) {
            throw new IllegalArgumentException("a concurrency of " + concurrency + " with a prefetch of " + prefetch);
        }
    }

    /** So many at a time, and as many more waiting here. */
    public static SubscribeOptions concurrency(int handlers) {
        return new SubscribeOptions(handlers, 2 * handlers, DEFAULT.acknowledge, DEFAULT.retry);
    }

    public SubscribeOptions prefetch(int messages) {
        return new SubscribeOptions(concurrency, messages, acknowledge, retry);
    }

    public SubscribeOptions acknowledge(Acknowledge when) {
        return new SubscribeOptions(concurrency, prefetch, when, retry);
    }

    public SubscribeOptions retry(RetryPolicy policy) {
        return new SubscribeOptions(concurrency, prefetch, acknowledge, policy);
    }
}
