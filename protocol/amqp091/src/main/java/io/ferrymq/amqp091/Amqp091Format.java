package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.BasicProperty;
import io.ferrymq.amqp091.codec.LongString;
import io.ferrymq.amqp091.codec.MalformedFrameException;
import io.ferrymq.amqp091.codec.PropertyEditor;
import io.ferrymq.broker.message.MessageFormat;
import io.ferrymq.broker.message.Octets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of a message that was published with AMQP 0-9-1: its property list, flags and values, as it came in
 * the content header.
 *
 * <p>Thread contract: stateless.
 */
public final class Amqp091Format implements MessageFormat {
    /** Stored with every message; never changes. */
    public static final byte ID = 1;

    /** The one instance that is needed. */
    public static final Amqp091Format INSTANCE = new Amqp091Format();

    /** The properties that are strings, by their names. */
    private static final Map<String, BasicProperty> TEXTS = List.of(
                    BasicProperty.CONTENT_TYPE,
                    BasicProperty.CONTENT_ENCODING,
                    BasicProperty.CORRELATION_ID,
                    BasicProperty.REPLY_TO,
                    BasicProperty.EXPIRATION,
                    BasicProperty.MESSAGE_ID,
                    BasicProperty.TYPE,
                    BasicProperty.USER_ID,
                    BasicProperty.APP_ID,
                    BasicProperty.CLUSTER_ID)
            .stream()
            .collect(Collectors.toMap(property -> property.name().toLowerCase(Locale.ROOT), Function.identity()));

    private Amqp091Format() {}

    @Override
    public byte id() {
        return ID;
    }

    @Override
    public Map<String, @Nullable Object> headers(ByteBuf header) {
        try {
            return propertiesOf(header).headers();
        } catch (MalformedFrameException e) {
            return Map.of(); // Headers are checked when they arrive; damaged ones are as good as none.
        }
    }

    @Override
    public @Nullable Object header(ByteBuf header, String name) {
        try {
            return propertiesOf(header).header(name).orElse(null);
        } catch (MalformedFrameException e) {
            return null; // As above.
        }
    }

    @Override
    public ByteBuf withProperties(Map<String, String> properties) {
        PropertyEditor editor = PropertyEditor.empty();
        properties.forEach((name, value) -> set(editor, name, value));
        ByteBuf header = Unpooled.buffer(128);
        editor.write(header);
        return header;
    }

    private static void set(PropertyEditor editor, String name, String value) {
        switch (name) {
            case "delivery_mode" -> editor.deliveryMode(Integer.parseInt(value));
            case "priority" -> editor.priority(Integer.parseInt(value));
            case "timestamp" -> editor.timestampSeconds(Long.parseLong(value));
            default -> editor.text(BasicProperty.valueOf(name.toUpperCase(Locale.ROOT)), value);
        }
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        BasicProperties properties = propertiesOf(header);
        return switch (name) {
            case "delivery_mode" -> number(properties, BasicProperty.DELIVERY_MODE, properties.deliveryModeOr(0));
            case "priority" -> number(properties, BasicProperty.PRIORITY, properties.priorityOr(0));
            case "timestamp" -> number(properties, BasicProperty.TIMESTAMP, properties.timestampSecondsOr(0));
            default -> text(properties, name).orElse(null);
        };
    }

    private static @Nullable String number(BasicProperties properties, BasicProperty property, long value) {
        return properties.has(property) ? Long.toString(value) : null;
    }

    private static Optional<String> text(BasicProperties properties, String name) {
        return Optional.ofNullable(TEXTS.get(name)).flatMap(properties::octets).map(Octets::decode);
    }

    /** Strings that are not UTF-8 are texts all the same. */
    @Override
    public List<String> texts(ByteBuf header, String name) {
        return header(header, name) instanceof List<?> values ? texts(values) : List.of();
    }

    /** The texts among the values of an array. */
    static List<String> texts(List<?> values) {
        List<String> texts = new ArrayList<>(values.size());
        for (Object value : values) {
            if (value instanceof String text) {
                texts.add(text);
            } else if (value instanceof LongString octets) {
                texts.add(Octets.decode(octets.toByteArray()));
            }
        }
        return texts;
    }

    private static BasicProperties propertiesOf(ByteBuf header) {
        return new BasicProperties().wrap(header);
    }
}
