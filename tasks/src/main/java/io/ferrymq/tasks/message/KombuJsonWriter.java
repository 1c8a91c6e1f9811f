package io.ferrymq.tasks.message;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/** Writes one value with {@link KombuJson}'s envelopes. One use, one thread. */
final class KombuJsonWriter {
    private final JsonGenerator out;
    private final JsonMapper mapper;

    KombuJsonWriter(JsonGenerator out, JsonMapper mapper) {
        this.out = out;
        this.mapper = mapper;
    }

    void write(@Nullable Object value) {
        if (value == null) {
            out.writeNull();
        } else if (value instanceof String || value instanceof Character) {
            out.writeString(value.toString());
        } else if (value instanceof Boolean truth) {
            out.writeBoolean(truth);
        } else if (value instanceof Number number) {
            writeNumber(number);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map);
        } else if (value instanceof Collection<?> list) {
            writeList(list);
        } else if (value instanceof byte[] bytes) {
            writeBytes(bytes);
        } else if (value instanceof UUID uuid) {
            writeEnvelope("uuid", Map.of("hex", uuid.toString().replace("-", "")));
        } else if (!writeTime(value)) {
            write(mapper.convertValue(value, Object.class));
        }
    }

    private void writeNumber(Number number) {
        if (number instanceof BigDecimal decimal) {
            writeEnvelope("decimal", decimal.toString());
        } else if (number instanceof BigInteger integer) {
            out.writeNumber(integer);
        } else if (number instanceof Double || number instanceof Float) {
            out.writeNumber(number.doubleValue());
        } else {
            out.writeNumber(number.longValue());
        }
    }

    private void writeMap(Map<?, ?> map) {
        out.writeStartObject();
        map.forEach((name, value) -> {
            out.writeName(String.valueOf(name));
            write(value);
        });
        out.writeEndObject();
    }

    private void writeList(Collection<?> list) {
        out.writeStartArray();
        list.forEach(this::write);
        out.writeEndArray();
    }

    private void writeBytes(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            writeEnvelope("bytes", text);
        } catch (CharacterCodingException notText) {
            writeEnvelope("base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private boolean writeTime(Object value) {
        if (value instanceof OffsetDateTime time) {
            writeEnvelope("datetime", PythonTime.format(time));
        } else if (value instanceof ZonedDateTime time) {
            writeEnvelope("datetime", PythonTime.format(time.toOffsetDateTime()));
        } else if (value instanceof Instant time) {
            writeEnvelope("datetime", PythonTime.format(time.atOffset(ZoneOffset.UTC)));
        } else if (value instanceof LocalDateTime time) {
            writeEnvelope("datetime", PythonTime.format(time));
        } else if (value instanceof LocalDate date) {
            writeEnvelope("date", date.toString());
        } else if (value instanceof LocalTime time) {
            writeEnvelope("time", PythonTime.format(time));
        } else {
            return false;
        }
        return true;
    }

    private void writeEnvelope(String type, Object value) {
        out.writeStartObject();
        out.writeStringProperty(KombuJsonReader.TYPE, type);
        out.writeName(KombuJsonReader.VALUE);
        write(value);
        out.writeEndObject();
    }
}
