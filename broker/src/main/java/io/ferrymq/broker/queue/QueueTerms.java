package io.ferrymq.broker.queue;

import org.jspecify.annotations.Nullable;

/**
 * The rules of one queue, from its declaration.
 *
 * @param messageTtlMillis time to live of each message; {@link #NONE} for no limit
 * @param expiresMillis how long the queue may be unused; {@link #NONE} for ever
 * @param maxLength ready messages; {@link #NONE} for no limit
 * @param maxLengthBytes body bytes of ready messages; {@link #NONE} for no limit
 * @param overflow what happens at the limit
 * @param deadLetterExchange where dead messages go; null if they are forgotten
 * @param deadLetterRoutingKey the key they go with; null for their own
 * @param maxPriority the highest priority told apart; 0 for none
 * @param consumption who may consume
 * @param counting whether failed deliveries are counted and shown
 * @param deliveryLimit failed deliveries after which a message is dead; {@link #NONE} for no limit
 */
public record QueueTerms(
        long messageTtlMillis,
        long expiresMillis,
        long maxLength,
        long maxLengthBytes,
        Overflow overflow,
        @Nullable String deadLetterExchange,
        @Nullable String deadLetterRoutingKey,
        int maxPriority,
        Consumption consumption,
        Counting counting,
        long deliveryLimit) {
    /** No limit. */
    public static final long NONE = -1;

    /** What a full queue does. */
    public enum Overflow {
        /** Dead-letters its oldest messages. */
        DROP_HEAD,
        /** Refuses new ones. */
        REJECT_PUBLISH,
        /** Refuses new ones and dead-letters them. */
        REJECT_PUBLISH_DLX
    }

    /** Who consumes. */
    public enum Consumption {
        ROUND_ROBIN,
        /** One at a time, the others stand by. */
        SINGLE_ACTIVE
    }

    /** Whether failed deliveries are counted. */
    public enum Counting {
        NOT_COUNTED,
        COUNTED
    }

    boolean isTimed() {
        return messageTtlMillis != NONE;
    }
}
