package io.ferrymq.broker.simulation;

import io.ferrymq.broker.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A header that is text: lines of {@code name=value}; the value of {@code CC} is a list, separated by commas, and {@code
 * true} is no text.
 */
public final class PlainFormat implements MessageFormat {
    public static final PlainFormat INSTANCE = new PlainFormat();

    private PlainFormat() {}

    @Override
    public byte id() {
        return 99;
    }

    @Override
    public Map<String, @Nullable Object> headers(ByteBuf header) {
        Map<String, @Nullable Object> headers = new HashMap<>();
        for (String line : header.toString(StandardCharsets.UTF_8).split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                String value = line.substring(equals + 1);
                headers.put(
                        line.substring(0, equals),
                        line.startsWith("CC=") ? List.of(value.split(",", -1)) : plain(value));
            }
        }
        return headers;
    }

    private static Object plain(String value) {
        return value.equals("true") ? (Object) true : value;
    }

    @Override
    public @Nullable Object header(ByteBuf header, String name) {
        return headers(header).get(name);
    }

    @Override
    public ByteBuf withProperties(Map<String, String> properties) {
        StringBuilder lines = new StringBuilder();
        properties.forEach(
                (name, value) -> lines.append(name).append('=').append(value).append('\n'));
        return Unpooled.copiedBuffer(lines, StandardCharsets.UTF_8);
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        return headers(header).get(name) instanceof String text ? text : null;
    }
}
