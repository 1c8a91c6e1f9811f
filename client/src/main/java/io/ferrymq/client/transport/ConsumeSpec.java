package io.ferrymq.client.transport;

import java.util.Map;

/**
 * How to consume.
 *
 * @param prefetch how many deliveries may be unsettled at a time; 0 for no limit
 * @param arguments such as {@code x-priority}
 */
public record ConsumeSpec(
        String queue, int prefetch, Settling settling, Sharing sharing, Map<String, Object> arguments) {
    /** When a delivery is settled. */
    public enum Settling {
        /** When the consumer says so. */
        BY_CONSUMER,
        /** By being delivered: what is lost on the way is lost. */
        ON_DELIVERY
    }

    /** Who else may consume. */
    public enum Sharing {
        SHARED,
        EXCLUSIVE
    }

    public ConsumeSpec {
        Names.queue(queue);
        Names.notNull(settling, "settling");
        Names.notNull(sharing, "sharing");
        if (prefetch < 0 || prefetch > 65_535) {
            throw new IllegalArgumentException("a prefetch of " + prefetch + ": 0 to 65535 is possible");
        }
        arguments = Map.copyOf(arguments);
    }

    /** A consumer beside others that settles what it gets. */
    public static ConsumeSpec shared(String queue, int prefetch) {
        return new ConsumeSpec(queue, prefetch, Settling.BY_CONSUMER, Sharing.SHARED, Map.of());
    }

    /** A consumer that settles nothing. */
    public static ConsumeSpec settledOnDelivery(String queue) {
        return new ConsumeSpec(queue, 0, Settling.ON_DELIVERY, Sharing.SHARED, Map.of());
    }
}
