package io.ferrymq.broker.message;

import io.ferrymq.broker.routing.ArgumentValues;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The headers by which a sender asks for a delay, in milliseconds. A number that is not positive, or a value that is no
 * number, asks for none. When the delay is over the header is shown with the number negated, so that a message which a
 * consumer sends on is not delayed again.
 */
public final class DelayHeaders {
    /** Delays at the exchange that the message is published to, of whatever type. */
    public static final String ANYWHERE = "x-ferry-delay";

    /** Delays at an exchange that delays, and means nothing elsewhere. */
    public static final String AT_DELAYING_EXCHANGE = "x-delay";

    private DelayHeaders() {}

    /** The delay that a header's value asks for, in milliseconds; 0 for none. */
    public static long millis(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Float number -> Math.max(0, number.longValue());
            case Double number -> Math.max(0, number.longValue());
            case BigDecimal number -> Math.max(0, number.longValue());
            case String text -> millis(text);
            default -> Math.max(0, ArgumentValues.integer(value).orElse(0L));
        };
    }

    private static long millis(String text) {
        try {
            return Math.max(0, Long.parseLong(text));
        } catch (NumberFormatException _) {
            return 0;
        }
    }
}
