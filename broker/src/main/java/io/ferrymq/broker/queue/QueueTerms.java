package io.ferrymq.broker.queue;

import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.topology.DelayedRetry;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueType;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one queue, from its arguments, in the form that the hot path reads: numbers with {@link #NONE} where there
 * is no limit.
 *
 * @param messageTtlMillis time to live of each message
 * @param expiresMillis how long the queue may be unused
 * @param maxLength ready messages
 * @param maxLengthBytes body bytes of ready messages
 * @param overflow what happens at the limit
 * @param deadLetterExchange where dead messages go; null if they are forgotten
 * @param deadLetterRoutingKey the key they go with; null for their own
 * @param maxPriority the highest priority told apart; 0 for none
 * @param singleActiveConsumer whether one consumer at a time gets the messages
 * @param type decides on precedence, and on whether failed deliveries are counted and shown
 * @param deliveryLimit failed deliveries after which a message is dead
 * @param celery whether the tasks of Celery are understood here
 * @param delayedRetry how long a message that comes back waits
 * @param consumerTimeoutMillis how long a consumer may take to settle a delivery, or {@link DeliverySource#NO_TIMEOUT}
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
        boolean singleActiveConsumer,
        QueueType type,
        long deliveryLimit,
        boolean celery,
        DelayedRetry delayedRetry,
        long consumerTimeoutMillis) {
    /** No limit. */
    public static final long NONE = -1;

    static QueueTerms of(QueueArguments arguments) {
        return new QueueTerms(
                arguments.messageTtlMillis().orElse(NONE),
                arguments.expiresMillis().orElse(NONE),
                arguments.maxLength().orElse(NONE),
                arguments.maxLengthBytes().orElse(NONE),
                arguments.overflow(),
                arguments.deadLetterExchange().orElse(null),
                arguments.deadLetterRoutingKey().orElse(null),
                arguments.maxPriority().orElse(0),
                arguments.singleActiveConsumer(),
                arguments.type(),
                arguments.deliveryLimit().orElse(NONE),
                arguments.celery(),
                arguments.delayedRetry(),
                arguments.consumerTimeoutMillis().orElse(DeliverySource.NO_TIMEOUT));
    }

    /** Which message is next; new for each call. */
    Precedence precedence() {
        return switch (type) {
            case CLASSIC -> new HighestFirst(maxPriority);
            case QUORUM -> new TwoClasses();
        };
    }

    /** Whether failed deliveries are counted and shown. */
    boolean countsFailures() {
        return type == QueueType.QUORUM;
    }

    /** Which consumer gets the next message. */
    Consumers.Choice choice() {
        if (!singleActiveConsumer) {
            return Consumers.Choice.IN_TURN;
        }
        return switch (type) {
            case CLASSIC -> Consumers.Choice.ONE_WHILE_IT_LASTS;
            case QUORUM -> Consumers.Choice.ONE_OF_THE_HIGHEST;
        };
    }

    /** Whether every message of the queue needs the time it was published at. */
    public boolean isTimed() {
        return messageTtlMillis != NONE;
    }

    boolean isOverBound(long readyCount, long readyBytes) {
        return (maxLength != NONE && readyCount > maxLength) || (maxLengthBytes != NONE && readyBytes > maxLengthBytes);
    }
}
