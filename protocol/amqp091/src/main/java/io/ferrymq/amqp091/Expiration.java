package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.message.Publication;
import java.math.BigInteger;

/** The {@code expiration} property: milliseconds in decimal digits, as a string. */
final class Expiration {
    /** A number of so many characters, its sign included, fits a long. */
    private static final int LONG_LENGTH_MAX = 18;

    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    private Expiration() {}

    /** @throws FaultException with what Erlang's parser says about {@code text} if it is no time to live */
    static long parseMillis(String text) {
        requireInteger(text);
        long millis = text.length() <= LONG_LENGTH_MAX ? Long.parseLong(text) : clamped(new BigInteger(text));
        if (millis < 0) {
            throw invalid(text, "{value_negative," + new BigInteger(text) + "}");
        }
        if (millis > Publication.EXPIRATION_MILLIS_MAX) {
            throw invalid(text, "{value_too_large," + new BigInteger(text) + "}");
        }
        return millis;
    }

    private static void requireInteger(String text) {
        int start = !text.isEmpty() && (text.charAt(0) == '+' || text.charAt(0) == '-') ? 1 : 0;
        int end = start;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        if (end == start) {
            throw invalid(text, "no_integer");
        }
        if (end < text.length()) {
            throw invalid(text, "{leftover_string,\"" + text.substring(end) + "\"}");
        }
    }

    private static long clamped(BigInteger number) {
        return number.min(LONG_MAX).max(LONG_MAX.negate()).longValue();
    }

    private static FaultException invalid(String text, String why) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, "invalid expiration '" + text + "': " + why);
    }
}
