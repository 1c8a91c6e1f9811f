package io.ferrymq.broker;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How to consume.
 *
 * @param queue name of the queue
 * @param tag the consumer's name, shown to operators
 * @param settling whether deliveries wait for an answer or are settled by being delivered
 * @param sharing whether others may consume too
 * @param arguments such as {@code x-priority}, an integer; higher is served first
 */
public record SubscriptionRequest(
        String queue, String tag, Settling settling, Sharing sharing, Map<String, @Nullable Object> arguments) {
    /** When a delivery is settled. */
    public enum Settling {
        BY_CONSUMER,
        ON_DELIVERY
    }

    /** Who else may consume. */
    public enum Sharing {
        SHARED,
        EXCLUSIVE
    }
}
