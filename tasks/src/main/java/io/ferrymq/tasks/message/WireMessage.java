package io.ferrymq.tasks.message;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One message as a broker carries it: the body and those of AMQP's properties that Celery uses.
 *
 * @param correlationId the task's id, in task and result messages
 * @param replyTo the queue that results go to; empty for none
 * @param priority 0 to 255
 * @param expirationMillis after which a broker may drop it unseen; null for never
 */
@SuppressWarnings("ArrayRecordComponent") // Messages are never compared.
public record WireMessage(
        String contentType,
        String contentEncoding,
        Map<String, @Nullable Object> headers,
        String correlationId,
        String replyTo,
        int priority,
        boolean persistent,
        @Nullable Long expirationMillis,
        byte[] body) {
    /** The same message, to be kept for a time, also when the broker restarts. */
    public WireMessage kept(long millis) {
        return new WireMessage(
                contentType, contentEncoding, headers, correlationId, replyTo, priority, true, millis, body);
    }

    static final String JSON = "application/json";
    static final String UTF_8 = "utf-8";
}
