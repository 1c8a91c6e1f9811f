package io.ferrymq.embedded;

import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.client.transport.MessageProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a message that was published inside the application: a table of {@link ValueCodec} with the properties
 * that are there, named as AMQP 0-9-1 names them ({@code content_type}, {@code message_id}, …). {@code headers} is a
 * table, {@code priority} a number, {@code timestamp} an instant, {@code expiration} the milliseconds as text, the
 * rest text. Whether a message is persistent stands in its record.
 *
 * <p>Thread contract: stateless.
 */
final class EmbeddedFormat implements MessageFormat {
    /** Stored with every message; never changes. Lower numbers are for protocols of the network. */
    static final byte ID = 16;

    static final EmbeddedFormat INSTANCE = new EmbeddedFormat();

    private static final String CONTENT_TYPE = "content_type";
    private static final String CONTENT_ENCODING = "content_encoding";
    private static final String HEADERS = "headers";
    private static final String PRIORITY = "priority";
    private static final String CORRELATION_ID = "correlation_id";
    private static final String REPLY_TO = "reply_to";
    private static final String EXPIRATION = "expiration";
    private static final String MESSAGE_ID = "message_id";
    private static final String TIMESTAMP = "timestamp";
    private static final String TYPE = "type";
    private static final String USER_ID = "user_id";
    private static final String APP_ID = "app_id";
    private static final String DELIVERY_MODE = "delivery_mode";

    private EmbeddedFormat() {}

    /**
     * The header with these properties.
     *
     * @throws IllegalArgumentException if a header has a value that cannot be stored
     */
    static ByteBuf encode(MessageProperties properties) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        put(table, CONTENT_TYPE, properties.contentType());
        put(table, CONTENT_ENCODING, properties.contentEncoding());
        put(table, HEADERS, properties.headers().isEmpty() ? null : properties.headers());
        put(table, PRIORITY, properties.priority());
        put(table, CORRELATION_ID, properties.correlationId());
        put(table, REPLY_TO, properties.replyTo());
        Duration expiration = properties.expiration();
        put(table, EXPIRATION, expiration == null ? null : Long.toString(expiration.toMillis()));
        put(table, MESSAGE_ID, properties.messageId());
        put(table, TIMESTAMP, properties.timestamp());
        put(table, TYPE, properties.type());
        put(table, USER_ID, properties.userId());
        put(table, APP_ID, properties.appId());
        ByteBuf header = Unpooled.buffer(128);
        ValueCodec.writeTable(header, table);
        return header;
    }

    private static void put(Map<String, @Nullable Object> table, String name, @Nullable Object value) {
        if (value != null) {
            table.put(name, value);
        }
    }

    /** The properties of a header; a header of another format is not read, and only {@code persistent} is known. */
    static MessageProperties decode(ByteBuf header, byte formatId, boolean persistent) {
        MessageProperties.Builder properties = MessageProperties.builder();
        if (!persistent) {
            properties.transientMessage();
        }
        if (formatId != ID) {
            return properties.build();
        }
        Map<String, @Nullable Object> table = ValueCodec.readTable(header);
        return properties
                .contentType(text(table, CONTENT_TYPE))
                .contentEncoding(text(table, CONTENT_ENCODING))
                .headers(headersIn(table))
                .priority(table.get(PRIORITY) instanceof Integer number ? number : null)
                .correlationId(text(table, CORRELATION_ID))
                .replyTo(text(table, REPLY_TO))
                .expiration(expiration(table))
                .messageId(text(table, MESSAGE_ID))
                .timestamp(table.get(TIMESTAMP) instanceof Instant instant ? instant : null)
                .type(text(table, TYPE))
                .userId(text(table, USER_ID))
                .appId(text(table, APP_ID))
                .build();
    }

    private static @Nullable Duration expiration(Map<String, @Nullable Object> table) {
        String millis = text(table, EXPIRATION);
        return millis == null ? null : Duration.ofMillis(Long.parseLong(millis));
    }

    private static @Nullable String text(Map<String, @Nullable Object> table, String name) {
        return table.get(name) instanceof String text ? text : null;
    }

    @SuppressWarnings("unchecked") // Tables have names that are text.
    private static Map<String, @Nullable Object> headersIn(Map<String, @Nullable Object> table) {
        return table.get(HEADERS) instanceof Map<?, ?> headers ? (Map<String, @Nullable Object>) headers : Map.of();
    }

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public Map<String, @Nullable Object> headers(ByteBuf header) {
        return headersIn(ValueCodec.readTable(header.duplicate()));
    }

    @Override
    public @Nullable Object header(ByteBuf header, String name) {
        return headers(header).get(name);
    }

    @Override
    public ByteBuf withProperties(Map<String, String> properties) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>(properties);
        table.remove(DELIVERY_MODE);
        table.computeIfPresent(PRIORITY, (_, text) -> Integer.valueOf(text.toString()));
        table.computeIfPresent(TIMESTAMP, (_, text) -> Instant.ofEpochSecond(Long.parseLong(text.toString())));
        ByteBuf header = Unpooled.buffer(128);
        ValueCodec.writeTable(header, table);
        return header;
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        return switch (ValueCodec.readTable(header.duplicate()).get(name)) {
            case null -> null;
            case String text -> text;
            case Number number -> number.toString();
            case Instant instant -> Long.toString(instant.getEpochSecond());
            default -> null;
        };
    }
}
