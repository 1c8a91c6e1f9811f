package io.ferrymq.broker.topology;

import io.ferrymq.broker.routing.ArgumentValues;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A queue's arguments, as the client sent them and as what they mean. Read once; {@link QueueArgumentRules} says what is
 * acceptable when a queue is declared, and here a value of the wrong class counts as absent, so that a queue that was
 * accepted once can always be restored.
 */
public final class QueueArguments {
    /** Failed deliveries before a quorum queue gives up on a message, unless it says otherwise. */
    public static final long DELIVERY_LIMIT_DEFAULT = 20;

    /** No arguments. */
    public static final QueueArguments NONE = new QueueArguments(Map.of());

    /** What arguments begin with that no other broker knows, and so no client repeats that was not told to. */
    static final String OWN_PREFIX = "x-ferry-";

    static final String QUEUE_TYPE = "x-queue-type";
    static final String MESSAGE_TTL = "x-message-ttl";
    static final String EXPIRES = "x-expires";
    static final String MAX_LENGTH = "x-max-length";
    static final String MAX_LENGTH_BYTES = "x-max-length-bytes";
    static final String OVERFLOW = "x-overflow";
    static final String DEAD_LETTER_EXCHANGE = "x-dead-letter-exchange";
    static final String DEAD_LETTER_ROUTING_KEY = "x-dead-letter-routing-key";
    static final String DEAD_LETTER_STRATEGY = "x-dead-letter-strategy";
    static final String MAX_PRIORITY = "x-max-priority";
    static final String SINGLE_ACTIVE_CONSUMER = "x-single-active-consumer";
    static final String DELIVERY_LIMIT = "x-delivery-limit";
    static final String CONSUMER_TIMEOUT = "x-consumer-timeout";
    static final String CELERY = OWN_PREFIX + "celery";
    static final String DELAYED_RETRY_TYPE = "x-delayed-retry-type";
    static final String DELAYED_RETRY_MIN = "x-delayed-retry-min";
    static final String DELAYED_RETRY_MAX = "x-delayed-retry-max";
    static final String RETRY_BACKOFF = "x-ferry-retry-backoff";
    static final String RETRY_JITTER = "x-ferry-retry-jitter";

    private final Map<String, @Nullable Object> values;
    private final QueueType type;
    private final OptionalLong messageTtlMillis;
    private final OptionalLong expiresMillis;
    private final OptionalLong maxLength;
    private final OptionalLong maxLengthBytes;
    private final OptionalLong consumerTimeoutMillis;
    private final OptionalLong deliveryLimit;
    private final OptionalInt maxPriority;
    private final Overflow overflow;
    private final Optional<String> deadLetterExchange;
    private final Optional<String> deadLetterRoutingKey;
    private final DeadLetterStrategy deadLetterStrategy;
    private final boolean singleActiveConsumer;
    private final boolean celery;
    private final DelayedRetry delayedRetry;

    private QueueArguments(Map<String, @Nullable Object> arguments) {
        values = Arguments.frozen(arguments);
        type = QueueType.QUORUM.wireName().equals(values.get(QUEUE_TYPE)) ? QueueType.QUORUM : QueueType.CLASSIC;
        messageTtlMillis = number(MESSAGE_TTL);
        expiresMillis = number(EXPIRES);
        maxLength = number(MAX_LENGTH);
        maxLengthBytes = number(MAX_LENGTH_BYTES);
        consumerTimeoutMillis = number(CONSUMER_TIMEOUT);
        deliveryLimit = readDeliveryLimit();
        maxPriority = readMaxPriority();
        overflow = readOverflow();
        deadLetterExchange = text(DEAD_LETTER_EXCHANGE);
        deadLetterRoutingKey = text(DEAD_LETTER_ROUTING_KEY);
        deadLetterStrategy = readDeadLetterStrategy();
        singleActiveConsumer = Boolean.TRUE.equals(values.get(SINGLE_ACTIVE_CONSUMER));
        celery = Boolean.TRUE.equals(values.get(CELERY));
        delayedRetry = readDelayedRetry();
    }

    public static QueueArguments of(Map<String, ? extends @Nullable Object> arguments) {
        return arguments.isEmpty() ? NONE : new QueueArguments(Arguments.frozen(arguments));
    }

    /** What the client sent, unknown arguments included. */
    public Map<String, @Nullable Object> values() {
        return values;
    }

    /** These arguments, with {@code type} if they name none. */
    QueueArguments withDefaultType(QueueType defaultType) {
        Object named = values.getOrDefault(QUEUE_TYPE, "");
        if (!"".equals(named) && !"undefined".equals(named)) {
            return this;
        }
        Map<String, @Nullable Object> typed = new LinkedHashMap<>(values);
        typed.put(QUEUE_TYPE, defaultType.wireName());
        return of(typed);
    }

    public QueueType type() {
        return type;
    }

    /** Milliseconds that a message may wait, 0 and up. */
    public OptionalLong messageTtlMillis() {
        return messageTtlMillis;
    }

    /** Milliseconds without use after which the queue deletes itself, 1 and up. */
    public OptionalLong expiresMillis() {
        return expiresMillis;
    }

    /** How many messages may be ready, 0 and up. */
    public OptionalLong maxLength() {
        return maxLength;
    }

    /** How many bytes of bodies may be ready, 0 and up. */
    public OptionalLong maxLengthBytes() {
        return maxLengthBytes;
    }

    /** Milliseconds that a delivery may stay unsettled. */
    public OptionalLong consumerTimeoutMillis() {
        return consumerTimeoutMillis;
    }

    /** Failed deliveries after which a message is dead-lettered; empty if there is no limit. */
    public OptionalLong deliveryLimit() {
        return deliveryLimit;
    }

    /** The highest priority that the queue tells apart, 1 to 255; empty if it has none. */
    public OptionalInt maxPriority() {
        return maxPriority;
    }

    public Overflow overflow() {
        return overflow;
    }

    public Optional<String> deadLetterExchange() {
        return deadLetterExchange;
    }

    /** The routing key that dead letters get; their own ones if empty. */
    public Optional<String> deadLetterRoutingKey() {
        return deadLetterRoutingKey;
    }

    public DeadLetterStrategy deadLetterStrategy() {
        return deadLetterStrategy;
    }

    /** Whether one consumer at a time gets the messages. */
    public boolean singleActiveConsumer() {
        return singleActiveConsumer;
    }

    /** Whether the queue understands the tasks of Celery that come to it. */
    public boolean celery() {
        return celery;
    }

    /** How long messages that come back wait; {@link DelayedRetry#NONE} if they do not. */
    public DelayedRetry delayedRetry() {
        return delayedRetry;
    }

    private OptionalLong number(String name) {
        Optional<Long> number = ArgumentValues.integer(values.get(name));
        return number.isPresent() && number.get() >= 0 ? OptionalLong.of(number.get()) : OptionalLong.empty();
    }

    private Optional<String> text(String name) {
        return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private OptionalLong readDeliveryLimit() {
        if (type != QueueType.QUORUM) {
            return OptionalLong.empty();
        }
        long limit = ArgumentValues.integer(values.get(DELIVERY_LIMIT)).orElse(DELIVERY_LIMIT_DEFAULT);
        return limit < 0 ? OptionalLong.empty() : OptionalLong.of(limit);
    }

    private OptionalInt readMaxPriority() {
        long priority = number(MAX_PRIORITY).orElse(0);
        return priority >= 1 && priority <= 255 ? OptionalInt.of((int) priority) : OptionalInt.empty();
    }

    /** A quorum queue takes {@code reject-publish-dlx} for the default, as RabbitMQ's do. */
    private Overflow readOverflow() {
        String name = text(OVERFLOW).orElse("");
        for (Overflow candidate : Overflow.values()) {
            boolean fits = type == QueueType.CLASSIC || candidate != Overflow.REJECT_PUBLISH_DLX;
            if (fits && candidate.wireName().equals(name)) {
                return candidate;
            }
        }
        return Overflow.DROP_HEAD;
    }

    /** Without a longest wait the shortest is the longest, and without a shortest nothing waits, as in RabbitMQ. */
    private DelayedRetry readDelayedRetry() {
        RetryType retryType = readRetryType();
        long minMillis = number(DELAYED_RETRY_MIN).orElse(0);
        if (type != QueueType.QUORUM || retryType == RetryType.DISABLED || minMillis == 0) {
            return DelayedRetry.NONE;
        }
        long maxMillis = number(DELAYED_RETRY_MAX).orElse(0);
        boolean exponential = text(RETRY_BACKOFF)
                .filter(Backoff.EXPONENTIAL.wireName()::equals)
                .isPresent();
        return new DelayedRetry(
                retryType,
                minMillis,
                maxMillis == 0 ? minMillis : maxMillis,
                exponential ? Backoff.EXPONENTIAL : Backoff.LINEAR,
                (int) Math.min(number(RETRY_JITTER).orElse(0), DelayedRetry.JITTER_PERCENT_MAX));
    }

    private RetryType readRetryType() {
        String name = text(DELAYED_RETRY_TYPE).orElse("");
        for (RetryType candidate : RetryType.values()) {
            if (candidate.wireName().equals(name)) {
                return candidate;
            }
        }
        return RetryType.DISABLED;
    }

    private DeadLetterStrategy readDeadLetterStrategy() {
        boolean atLeastOnce = text(DEAD_LETTER_STRATEGY)
                .filter(DeadLetterStrategy.AT_LEAST_ONCE.wireName()::equals)
                .isPresent();
        return atLeastOnce ? DeadLetterStrategy.AT_LEAST_ONCE : DeadLetterStrategy.AT_MOST_ONCE;
    }

    /** Equal if the same names have the same values, whatever the order and the width of numbers. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof QueueArguments arguments && ArgumentValues.sameTables(values, arguments.values);
    }

    @Override
    public int hashCode() {
        return values.keySet().hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
