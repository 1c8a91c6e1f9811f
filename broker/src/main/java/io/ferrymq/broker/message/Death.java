package io.ferrymq.broker.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That a message left a queue without being consumed, once or several times for the same reason.
 *
 * @param queue the queue it left
 * @param reason why
 * @param count how often, at least 1
 * @param timeMillis wall clock of the first time, milliseconds since 1970
 * @param exchange the exchange it had been published to
 * @param routingKeys the keys it had been published with
 * @param originalExpiration the expiration it had been sent with, in the sender's own text; null if none
 */
public record Death(
        String queue,
        Reason reason,
        long count,
        long timeMillis,
        String exchange,
        List<String> routingKeys,
        @Nullable String originalExpiration) {

    /** Why a message was dead-lettered. */
    public enum Reason {
        REJECTED(1, "rejected"),
        EXPIRED(2, "expired"),
        MAXLEN(3, "maxlen"),
        DELIVERY_LIMIT(4, "delivery_limit");

        private final int code;
        private final String text;

        Reason(int code, String text) {
            this.code = code;
            this.text = text;
        }

        /** The number that is stored; never changes its meaning. */
        int code() {
            return code;
        }

        static Reason ofCode(int code) {
            for (Reason reason : values()) {
                if (reason.code == code) {
                    return reason;
                }
            }
            throw new IllegalArgumentException("no reason " + code);
        }

        /** The word that clients know. */
        public String text() {
            return text;
        }
    }
}
