package io.ferrymq.broker.celery;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The result that a caller gets of a task which will never run, as Celery's {@code rpc://} backend has it. A program that
 * waits for the task gets a {@code TaskRevokedError}. Stateless.
 */
public final class RevokedResult {
    /** The task was revoked. */
    public static final String REVOKED = "revoked";

    /** The task's time was over. */
    public static final String EXPIRED = "expired";

    private static final JsonFactory JSON = new JsonFactory();

    private RevokedResult() {}

    /** The standard properties of the message; the delivery mode is AMQP's: 2 for one that outlives a restart, else 1. */
    public static Map<String, String> properties(String taskId, int deliveryMode) {
        return Map.of(
                "content_type",
                "application/json",
                "content_encoding",
                "utf-8",
                "correlation_id",
                taskId,
                "delivery_mode",
                Integer.toString(deliveryMode));
    }

    /** The body of the message; the reason is one of those above. */
    public static ByteBuf body(String taskId, String reason) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            json.writeStringProperty("task_id", taskId);
            json.writeStringProperty("status", "REVOKED");
            json.writeObjectPropertyStart("result");
            json.writeStringProperty("exc_type", "TaskRevokedError");
            json.writeArrayPropertyStart("exc_message");
            json.writeString(reason);
            json.writeEndArray();
            json.writeStringProperty("exc_module", "celery.exceptions");
            json.writeEndObject();
            json.writeNullProperty("traceback");
            json.writeArrayPropertyStart("children");
            json.writeEndArray();
            json.writeEndObject();
        }
        return Unpooled.wrappedBuffer(out.toByteArray());
    }
}
