package io.ferrymq.broker.topology;

import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ArgumentValues;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a value of a queue's argument; empty if nothing is. The reasons that RabbitMQ has a word for are
 * that word, so that a session can answer as RabbitMQ does: {@code value_negative} as {@code {value_negative,-1}}.
 */
final class QueueArgumentCheck {
    /** Ten years. */
    private static final long EXPIRY_MILLIS_MAX = 315_360_000_000L;

    private static final int PRIORITY_MAX = 255;
    private static final String NO_INTEGER = "expected integer";
    private static final String UNACCEPTABLE_TYPE = "unacceptable_type";

    private QueueArgumentCheck() {}

    static Optional<String> integer(@Nullable Object value) {
        return integer(value, _ -> Optional.empty());
    }

    static Optional<String> notNegative(@Nullable Object value) {
        return integer(value, number -> when(number < 0, "value_negative"));
    }

    static Optional<String> positive(@Nullable Object value) {
        return integer(value, number -> number == 0 ? Optional.of("value_zero") : when(number < 0, "value_negative"));
    }

    static Optional<String> expiry(@Nullable Object value) {
        return integer(
                value,
                number -> number < 0
                        ? Optional.of("value_negative")
                        : when(number > EXPIRY_MILLIS_MAX, "value_too_large"));
    }

    static Optional<String> positiveExpiry(@Nullable Object value) {
        return positive(value).or(() -> expiry(value));
    }

    static Optional<String> priority(@Nullable Object value) {
        return notNegative(value).or(() -> integer(value, number -> when(number > PRIORITY_MAX, "max_value_exceeded")));
    }

    static Optional<String> queueVersion(@Nullable Object value) {
        return integer(value, number -> when(number < 1 || number > 2, "unsupported queue version"));
    }

    static Optional<String> flag(@Nullable Object value) {
        return when(!(value instanceof Boolean), UNACCEPTABLE_TYPE);
    }

    static Optional<String> text(@Nullable Object value) {
        return when(!(value instanceof String), UNACCEPTABLE_TYPE);
    }

    /** A text that a message can be addressed with. */
    static Optional<String> address(@Nullable Object value) {
        return text(value)
                .or(() -> when(
                        ByteBufUtil.utf8Bytes((String) value) > ShortText.BYTES_MAX,
                        "longer than " + ShortText.BYTES_MAX + " bytes"));
    }

    static Optional<String> overflow(@Nullable Object value) {
        return oneOf(value, Arrays.stream(Overflow.values()).map(Overflow::wireName), "invalid_overflow");
    }

    static Optional<String> deadLetterStrategy(@Nullable Object value) {
        Stream<String> names = Arrays.stream(DeadLetterStrategy.values()).map(DeadLetterStrategy::wireName);
        return oneOf(value, names, "invalid_dlx_strategy");
    }

    static Optional<String> queueMode(@Nullable Object value) {
        return oneOf(value, Stream.of("default", "lazy"), "invalid_queue_mode");
    }

    /** The last two are RabbitMQ 3's. */
    static Optional<String> leaderLocator(@Nullable Object value) {
        Stream<String> names = Stream.of("client-local", "balanced", "random", "least-leaders");
        return oneOf(value, names, "invalid_queue_locator_arg");
    }

    /** No text and {@code undefined} mean that the queue takes the default type, as in RabbitMQ. */
    static Optional<String> queueType(@Nullable Object value) {
        if ("stream".equals(value)) {
            return Optional.of("streams are not supported");
        }
        Stream<String> names = Stream.concat(
                Stream.of("", "undefined"), Arrays.stream(QueueType.values()).map(QueueType::wireName));
        return oneOf(value, names, "unsupported queue type");
    }

    private static Optional<String> oneOf(@Nullable Object value, Stream<String> names, String why) {
        return text(value).or(() -> when(names.noneMatch(name -> name.equals(value)), why));
    }

    private static Optional<String> integer(@Nullable Object value, LongFunction<Optional<String>> check) {
        Optional<Long> number = ArgumentValues.integer(value);
        return number.isPresent() ? check.apply(number.get()) : Optional.of(NO_INTEGER);
    }

    private static Optional<String> when(boolean wrong, String why) {
        return wrong ? Optional.of(why) : Optional.empty();
    }
}
