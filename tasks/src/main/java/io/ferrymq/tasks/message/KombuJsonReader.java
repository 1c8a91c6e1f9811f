package io.ferrymq.tasks.message;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads one value and takes {@link KombuJson}'s envelopes off. One use, one thread. The parser bounds the depth. */
final class KombuJsonReader {
    static final String TYPE = "__type__";
    static final String VALUE = "__value__";

    private final JsonParser in;

    KombuJsonReader(JsonParser in) {
        this.in = in;
    }

    @Nullable Object readAll() {
        Object value = read(in.nextToken());
        if (in.nextToken() != null) {
            throw new BadMessageException("not JSON: something follows the value");
        }
        return value;
    }

    private @Nullable Object read(@Nullable JsonToken token) {
        if (token == null) {
            throw new BadMessageException("not JSON: it is empty");
        }
        return switch (token) {
            case START_OBJECT -> readObject();
            case START_ARRAY -> readArray();
            case VALUE_STRING -> in.getString();
            case VALUE_NUMBER_INT -> in.getNumberValue();
            case VALUE_NUMBER_FLOAT -> in.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new BadMessageException("not JSON: " + token);
        };
    }

    private List<@Nullable Object> readArray() {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
            list.add(read(token));
        }
        return list;
    }

    private @Nullable Object readObject() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (JsonToken token = in.nextToken(); token != JsonToken.END_OBJECT; token = in.nextToken()) {
            String name = in.currentName();
            map.put(name, read(in.nextToken()));
        }
        return map.size() == 2 && map.containsKey(VALUE) && map.get(TYPE) instanceof String type
                ? unwrap(type, map.get(VALUE))
                : map;
    }

    private static Object unwrap(String type, @Nullable Object value) {
        try {
            return switch (type) {
                case "datetime" -> PythonTime.parse(text(type, value));
                case "date" -> LocalDate.parse(text(type, value));
                case "time" -> PythonTime.parseTime(text(type, value));
                case "decimal" -> new BigDecimal(text(type, value));
                case "uuid" -> uuid(value);
                case "bytes" -> text(type, value).getBytes(StandardCharsets.UTF_8);
                case "base64" -> Base64.getDecoder().decode(text(type, value));
                default -> throw new BadMessageException("a value of the unknown type " + PythonRepr.of(type));
            };
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new BadMessageException("a value that is no " + type + ": " + PythonRepr.of(value), e);
        }
    }

    private static String text(String type, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new BadMessageException("a value that is no " + type + ": " + PythonRepr.of(value));
    }

    private static UUID uuid(@Nullable Object value) {
        if (!(value instanceof Map<?, ?> map) || !(map.get("hex") instanceof String hex) || hex.length() != 32) {
            throw new BadMessageException("a value that is no uuid: " + PythonRepr.of(value));
        }
        return new UUID(Long.parseUnsignedLong(hex, 0, 16, 16), Long.parseUnsignedLong(hex, 16, 32, 16));
    }
}
