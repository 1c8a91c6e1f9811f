package io.ferrymq.broker.simulation;

import io.ferrymq.broker.message.MessageFormat;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A header that is text: lines of {@code name=value}; the value of {@code CC} is a list, separated by commas. */
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
                headers.put(line.substring(0, equals), line.startsWith("CC=") ? List.of(value.split(",", -1)) : value);
            }
        }
        return headers;
    }

    @Override
    public @Nullable String property(ByteBuf header, String name) {
        return headers(header).get(name) instanceof String text ? text : null;
    }
}
