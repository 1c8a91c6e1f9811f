package io.ferrymq.broker.topology;

import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.ValueProblem.ArgumentType;
import io.ferrymq.broker.ValueProblem.NotOneOf;
import io.ferrymq.broker.ValueProblem.NotStorable;
import io.ferrymq.broker.ValueProblem.TooLarge;
import io.ferrymq.broker.ValueProblem.TooSmall;
import io.ferrymq.broker.ValueProblem.WrongType;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ArgumentValues;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is wrong with a value of a queue's argument; empty if nothing is. */
final class QueueArgumentCheck {
    private static final long EXPIRY_MILLIS_MAX = Publication.EXPIRATION_MILLIS_MAX;
    private static final int PRIORITY_MAX = 255;

    private static final List<String> TYPES =
            Arrays.stream(QueueType.values()).map(QueueType::wireName).toList();
    private static final List<String> OVERFLOWS =
            Arrays.stream(Overflow.values()).map(Overflow::wireName).toList();
    private static final List<String> DEAD_LETTER_STRATEGIES = Arrays.stream(DeadLetterStrategy.values())
            .map(DeadLetterStrategy::wireName)
            .toList();
    private static final List<String> RETRY_TYPES =
            Arrays.stream(RetryType.values()).map(RetryType::wireName).toList();
    private static final List<String> BACKOFFS =
            Arrays.stream(Backoff.values()).map(Backoff::wireName).toList();
    private static final List<String> MODES = List.of("default", "lazy");
    private static final List<String> VERSIONS = List.of("1", "2");

    /** The last two are RabbitMQ 3's. */
    private static final List<String> LEADER_LOCATORS = List.of("client-local", "balanced", "random", "least-leaders");

    private QueueArgumentCheck() {}

    static Optional<ValueProblem> integer(@Nullable Object value) {
        return between(Long.MIN_VALUE, Long.MAX_VALUE, value);
    }

    static Optional<ValueProblem> notNegative(@Nullable Object value) {
        return between(0, Long.MAX_VALUE, value);
    }

    static Optional<ValueProblem> positive(@Nullable Object value) {
        return between(1, Long.MAX_VALUE, value);
    }

    static Optional<ValueProblem> expiry(@Nullable Object value) {
        return between(0, EXPIRY_MILLIS_MAX, value);
    }

    static Optional<ValueProblem> positiveExpiry(@Nullable Object value) {
        return between(1, EXPIRY_MILLIS_MAX, value);
    }

    static Optional<ValueProblem> priority(@Nullable Object value) {
        return between(0, PRIORITY_MAX, value);
    }

    static Optional<ValueProblem> percent(@Nullable Object value) {
        return between(0, DelayedRetry.JITTER_PERCENT_MAX, value);
    }

    static Optional<ValueProblem> queueVersion(@Nullable Object value) {
        return notNegative(value).or(() -> knownText(String.valueOf(value), VERSIONS));
    }

    static Optional<ValueProblem> flag(@Nullable Object value) {
        return value instanceof Boolean ? Optional.empty() : wrongType(ArgumentType.FLAG);
    }

    static Optional<ValueProblem> text(@Nullable Object value) {
        return value instanceof String ? Optional.empty() : wrongType(ArgumentType.TEXT);
    }

    /** A text that a message can be addressed with. */
    static Optional<ValueProblem> address(@Nullable Object value) {
        if (!(value instanceof String text)) {
            return wrongType(ArgumentType.TEXT);
        }
        return ByteBufUtil.utf8Bytes(text) <= ShortText.BYTES_MAX
                ? Optional.empty()
                : Optional.of(new NotStorable("longer than " + ShortText.BYTES_MAX + " bytes"));
    }

    static Optional<ValueProblem> overflow(@Nullable Object value) {
        return oneOf(OVERFLOWS, value);
    }

    static Optional<ValueProblem> deadLetterStrategy(@Nullable Object value) {
        return oneOf(DEAD_LETTER_STRATEGIES, value);
    }

    static Optional<ValueProblem> retryType(@Nullable Object value) {
        return oneOf(RETRY_TYPES, value);
    }

    static Optional<ValueProblem> backoff(@Nullable Object value) {
        return oneOf(BACKOFFS, value);
    }

    static Optional<ValueProblem> queueMode(@Nullable Object value) {
        return oneOf(MODES, value);
    }

    static Optional<ValueProblem> leaderLocator(@Nullable Object value) {
        return oneOf(LEADER_LOCATORS, value);
    }

    /** No text and {@code undefined} mean that the queue takes the default type, as in RabbitMQ. */
    static Optional<ValueProblem> queueType(@Nullable Object value) {
        return "".equals(value) || "undefined".equals(value) ? Optional.empty() : oneOf(TYPES, value);
    }

    private static Optional<ValueProblem> between(long min, long max, @Nullable Object value) {
        Optional<Long> number = ArgumentValues.integer(value);
        if (number.isEmpty()) {
            return wrongType(ArgumentType.INTEGER);
        }
        if (number.get() < min) {
            return Optional.of(new TooSmall(min));
        }
        return number.get() > max ? Optional.of(new TooLarge(max)) : Optional.empty();
    }

    private static Optional<ValueProblem> oneOf(List<String> acceptable, @Nullable Object value) {
        return value instanceof String text ? knownText(text, acceptable) : wrongType(ArgumentType.TEXT);
    }

    private static Optional<ValueProblem> knownText(String text, List<String> acceptable) {
        return acceptable.contains(text) ? Optional.empty() : Optional.of(new NotOneOf(acceptable));
    }

    private static Optional<ValueProblem> wrongType(ArgumentType wanted) {
        return Optional.of(new WrongType(wanted));
    }
}
