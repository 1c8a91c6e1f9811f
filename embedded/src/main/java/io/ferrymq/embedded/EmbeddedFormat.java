package io.ferrymq.embedded;

import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.ValueCodec;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.client.transport.MessageProperties;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of a message that was published inside the application:
 *
 * <pre>
 *   header ::= present:varint field*         a bit for each field that is there, in the order of the table
 *
 *   bit  field             as                      bit  field             as
 *    0   content_type      text                     6   expiration        varint, milliseconds
 *    1   content_encoding  text                     7   message_id        text
 *    2   headers           table of ValueCodec      8   timestamp         varint, seconds since 1970
 *    3   priority          varint                   9   type              text
 *    4   correlation_id    text                    10   user_id           text
 *    5   reply_to          text                    11   app_id            text
 * </pre>
 *
 * <p>Whether a message is persistent stands in its record. Thread contract: stateless.
 */
final class EmbeddedFormat implements MessageFormat {
    /** Stored with every message; never changes. Lower numbers are for protocols of the network. */
    static final byte ID = 17;

    static final EmbeddedFormat INSTANCE = new EmbeddedFormat();

    private static final int CONTENT_TYPE = 1;
    private static final int CONTENT_ENCODING = 1 << 1;
    private static final int HEADERS = 1 << 2;
    private static final int PRIORITY = 1 << 3;
    private static final int CORRELATION_ID = 1 << 4;
    private static final int REPLY_TO = 1 << 5;
    private static final int EXPIRATION = 1 << 6;
    private static final int MESSAGE_ID = 1 << 7;
    private static final int TIMESTAMP = 1 << 8;
    private static final int TYPE = 1 << 9;
    private static final int USER_ID = 1 << 10;
    private static final int APP_ID = 1 << 11;

    private static final int HEADER_BYTES_FIRST = 64;

    private EmbeddedFormat() {}

    /**
     * The header with these properties.
     *
     * @throws IllegalArgumentException if a property has a value that cannot be stored
     */
    static ByteBuf encode(MessageProperties properties) {
        ByteBuf out = Unpooled.buffer(HEADER_BYTES_FIRST);
        Varint.write(out, present(properties));
        write(out, properties.contentType());
        write(out, properties.contentEncoding());
        if (!properties.headers().isEmpty()) {
            ValueCodec.writeTable(out, properties.headers());
        }
        write(
                out,
                properties.priority() == null
                        ? null
                        : (Long) properties.priority().longValue());
        write(out, properties.correlationId());
        write(out, properties.replyTo());
        write(
                out,
                properties.expiration() == null
                        ? null
                        : (Long) properties.expiration().toMillis());
        write(out, properties.messageId());
        write(
                out,
                properties.timestamp() == null
                        ? null
                        : (Long) properties.timestamp().getEpochSecond());
        write(out, properties.type());
        write(out, properties.userId());
        write(out, properties.appId());
        return out;
    }

    private static int present(MessageProperties properties) {
        return bit(CONTENT_TYPE, properties.contentType())
                | bit(CONTENT_ENCODING, properties.contentEncoding())
                | (properties.headers().isEmpty() ? 0 : HEADERS)
                | bit(PRIORITY, properties.priority())
                | bit(CORRELATION_ID, properties.correlationId())
                | bit(REPLY_TO, properties.replyTo())
                | bit(EXPIRATION, properties.expiration())
                | bit(MESSAGE_ID, properties.messageId())
                | bit(TIMESTAMP, properties.timestamp())
                | bit(TYPE, properties.type())
                | bit(USER_ID, properties.userId())
                | bit(APP_ID, properties.appId());
    }

    private static int bit(int bit, @Nullable Object value) {
        return value == null ? 0 : bit;
    }

    private static void write(ByteBuf out, @Nullable String text) {
        if (text != null) {
            ValueCodec.writeText(out, text);
        }
    }

    private static void write(ByteBuf out, @Nullable Long number) {
        if (number != null) {
            if (number < 0) {
                throw new IllegalArgumentException("a property that is negative: " + number);
            }
            Varint.write(out, number);
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
        int present = Varint.readInt(header);
        properties.contentType(text(header, present, CONTENT_TYPE));
        properties.contentEncoding(text(header, present, CONTENT_ENCODING));
        if ((present & HEADERS) != 0) {
            properties.headers(ValueCodec.readTable(header));
        }
        if ((present & PRIORITY) != 0) {
            properties.priority(Varint.readInt(header));
        }
        properties.correlationId(text(header, present, CORRELATION_ID));
        properties.replyTo(text(header, present, REPLY_TO));
        if ((present & EXPIRATION) != 0) {
            properties.expiration(Duration.ofMillis(Varint.read(header)));
        }
        properties.messageId(text(header, present, MESSAGE_ID));
        if ((present & TIMESTAMP) != 0) {
            properties.timestamp(Instant.ofEpochSecond(Varint.read(header)));
        }
        properties.type(text(header, present, TYPE));
        properties.userId(text(header, present, USER_ID));
        properties.appId(text(header, present, APP_ID));
        return properties.build();
    }

    private static @Nullable String text(ByteBuf header, int present, int field) {
        return (present & field) == 0 ? null : ValueCodec.readText(header);
    }

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public Map<String, @Nullable Object> headers(ByteBuf header) {
        return decode(header.duplicate(), ID, true).headers();
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        MessageProperties properties = decode(header.duplicate(), ID, true);
        return switch (name) {
            case "content_type" -> properties.contentType();
            case "content_encoding" -> properties.contentEncoding();
            case "priority" -> number(properties.priority());
            case "correlation_id" -> properties.correlationId();
            case "reply_to" -> properties.replyTo();
            case "expiration" ->
                properties.expiration() == null
                        ? null
                        : number(properties.expiration().toMillis());
            case "message_id" -> properties.messageId();
            case "timestamp" ->
                properties.timestamp() == null
                        ? null
                        : number(properties.timestamp().getEpochSecond());
            case "type" -> properties.type();
            case "user_id" -> properties.userId();
            case "app_id" -> properties.appId();
            default -> null;
        };
    }

    private static @Nullable String number(@Nullable Number number) {
        return number == null ? null : number.toString();
    }
}
