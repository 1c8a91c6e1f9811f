package io.ferrymq.client.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.LongString;
import io.ferrymq.client.transport.MessageProperties;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Properties as RabbitMQ's client has them, and back. Stateless. */
final class AmqpProperties {
    private static final int PERSISTENT = 2;
    private static final int TRANSIENT = 1;

    private AmqpProperties() {}

    static BasicProperties toAmqp(MessageProperties properties) {
        Duration expiration = properties.expiration();
        Instant timestamp = properties.timestamp();
        return new BasicProperties.Builder()
                .contentType(properties.contentType())
                .contentEncoding(properties.contentEncoding())
                .headers(properties.headers().isEmpty() ? null : tableToAmqp(properties.headers()))
                .deliveryMode(properties.persistent() ? PERSISTENT : TRANSIENT)
                .priority(properties.priority())
                .correlationId(properties.correlationId())
                .replyTo(properties.replyTo())
                .expiration(expiration == null ? null : Long.toString(expiration.toMillis()))
                .messageId(properties.messageId())
                .timestamp(timestamp == null ? null : Date.from(timestamp))
                .type(properties.type())
                .userId(properties.userId())
                .appId(properties.appId())
                .build();
    }

    static MessageProperties fromAmqp(BasicProperties properties) {
        Integer mode = properties.getDeliveryMode();
        Date timestamp = properties.getTimestamp();
        MessageProperties.Builder builder = MessageProperties.builder();
        if (mode == null || mode != PERSISTENT) {
            builder.transientMessage();
        }
        Map<String, Object> headers = properties.getHeaders();
        return builder.contentType(properties.getContentType())
                .contentEncoding(properties.getContentEncoding())
                .headers(headers == null ? Map.of() : tableFromAmqp(headers))
                .priority(properties.getPriority())
                .correlationId(properties.getCorrelationId())
                .replyTo(properties.getReplyTo())
                .expiration(expiration(properties.getExpiration()))
                .messageId(properties.getMessageId())
                .timestamp(timestamp == null ? null : timestamp.toInstant())
                .type(properties.getType())
                .userId(properties.getUserId())
                .appId(properties.getAppId())
                .build();
    }

    /** Other clients may have sent anything where milliseconds are meant. */
    private static @Nullable Duration expiration(@Nullable String millis) {
        try {
            return millis == null ? null : Duration.ofMillis(Long.parseLong(millis));
        } catch (NumberFormatException e) {
            return null;
        }
    }

    static Map<String, Object> tableToAmqp(Map<?, ?> table) {
        Map<String, Object> converted = new LinkedHashMap<>();
        table.forEach((name, value) -> converted.put(String.valueOf(name), toAmqp(value)));
        return converted;
    }

    @SuppressWarnings("NullAway") // A table of AMQP may hold a value that is null.
    private static Object toAmqp(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return Date.from(instant);
        }
        if (value instanceof Map<?, ?> table) {
            return tableToAmqp(table);
        }
        if (value instanceof List<?> list) {
            List<Object> converted = new ArrayList<>();
            list.forEach(element -> converted.add(toAmqp(element)));
            return converted;
        }
        return value;
    }

    private static Map<String, @Nullable Object> tableFromAmqp(Map<?, ?> table) {
        Map<String, @Nullable Object> converted = new LinkedHashMap<>();
        table.forEach((name, value) -> converted.put(String.valueOf(name), fromAmqp(value)));
        return converted;
    }

    private static @Nullable Object fromAmqp(@Nullable Object value) {
        if (value instanceof LongString text) {
            return text.toString();
        }
        if (value instanceof Date date) {
            return date.toInstant();
        }
        if (value instanceof Map<?, ?> table) {
            return tableFromAmqp(table);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> converted = new ArrayList<>();
            list.forEach(element -> converted.add(fromAmqp(element)));
            return converted;
        }
        return value;
    }
}
