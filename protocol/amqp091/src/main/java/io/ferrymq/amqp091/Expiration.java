package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.message.Publication;

/** The {@code expiration} property: milliseconds in decimal digits, as a string. */
final class Expiration {
    private static final int DIGITS_MAX = 18;

    private Expiration() {}

    /** @throws FaultException with what Erlang's parser says about {@code text} if it is no number */
    static long parseMillis(String text) {
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
        long millis = end - start > DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(text, start, end, 10);
        if (text.charAt(0) == '-' && millis != 0) {
            throw invalid(text, "{value_negative," + text + "}");
        }
        if (millis > Publication.EXPIRATION_MILLIS_MAX) {
            throw invalid(text, "{value_too_large," + text + "}");
        }
        return millis;
    }

    private static FaultException invalid(String text, String why) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, "invalid expiration '" + text + "': " + why);
    }
}
