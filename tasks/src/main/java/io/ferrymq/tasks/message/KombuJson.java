package io.ferrymq.tasks.message;

import java.lang.reflect.Type;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.ByteArrayBuilder;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON as kombu writes and reads it: plain JSON, with Python's {@code NaN} and {@code Infinity}, and an envelope {@code
 * {"__type__": …, "__value__": …}} around what JSON has no type for.
 *
 * <table>
 *   <caption>Values</caption>
 *   <tr><th>Java</th><th>JSON</th><th>Python</th></tr>
 *   <tr><td>null, Boolean, String, Integer, Long, BigInteger, Double</td><td>plain</td><td>None, bool, str, int, float</td></tr>
 *   <tr><td>List, Map</td><td>array, object</td><td>list, dict</td></tr>
 *   <tr><td>OffsetDateTime, LocalDateTime</td><td>{@code datetime}, ISO 8601</td><td>datetime with or without a zone</td></tr>
 *   <tr><td>LocalDate, LocalTime</td><td>{@code date}, {@code time}</td><td>date, time</td></tr>
 *   <tr><td>BigDecimal</td><td>{@code decimal}, text</td><td>Decimal</td></tr>
 *   <tr><td>UUID</td><td>{@code uuid}, {@code {"hex": …}}</td><td>UUID</td></tr>
 *   <tr><td>byte[]</td><td>{@code bytes} if it is UTF-8, else {@code base64}</td><td>bytes</td></tr>
 * </table>
 *
 * <p>Anything else is written as Jackson writes it: records, beans, enums, optional values. Celery before 5.3 wrote dates,
 * decimals and UUIDs as plain text and does not know the envelope; what it sends arrives as text here.
 *
 * <p>Thread contract: stateless.
 */
public final class KombuJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
            .build();

    private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY).build();

    private KombuJson() {}

    /**
     * Writes one value.
     *
     * @throws IllegalArgumentException if the value cannot be written: it is nested too deep, or Jackson cannot
     */
    public static byte[] write(@Nullable Object value) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder()) {
            try (var out = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
                new KombuJsonWriter(out, MAPPER).write(value);
            }
            return bytes.toByteArray();
        } catch (JacksonException e) {
            throw new IllegalArgumentException("a value that JSON cannot carry: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads one value.
     *
     * @throws BadMessageException if the bytes are not one JSON value, or an envelope in it is wrong
     */
    public static @Nullable Object read(byte[] bytes) {
        try (var in = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            return new KombuJsonReader(in).readAll();
        } catch (JacksonException e) {
            throw new BadMessageException("not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Makes what {@link #read} gave into a Java type: a record, an enum, a narrower number.
     *
     * @throws BadMessageException if the value does not fit
     */
    public static @Nullable Object convert(@Nullable Object value, Type type) {
        if (value == null || (type instanceof Class<?> plain && plain.isInstance(value))) {
            return value;
        }
        try {
            return MAPPER.convertValue(value, MAPPER.constructType(type));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new BadMessageException(describe(value) + " is no " + type.getTypeName(), e);
        }
    }

    /** The type of a list of so typed values. */
    public static Type listOf(Type element) {
        return MAPPER.getTypeFactory().constructCollectionType(java.util.List.class, MAPPER.constructType(element));
    }

    private static String describe(Object value) {
        return value instanceof Map<?, ?> ? "an object" : value instanceof List<?> ? "a list" : PythonRepr.of(value);
    }
}
