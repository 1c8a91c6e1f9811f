package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Field tables and arrays to octets. What cannot be written is our own fault, hence {@link IllegalArgumentException}.
 */
final class FieldTableWriter {
    private FieldTableWriter() {}

    static void writeTable(ByteBuf out, Map<?, ?> table, int depth) {
        checkDepth(depth);
        int start = beginLength(out);
        for (Map.Entry<?, ?> entry : table.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw new IllegalArgumentException("field name is not a string: " + entry.getKey());
            }
            ArgumentWriter.writeShortString(out, name);
            writeValue(out, entry.getValue(), depth);
        }
        endLength(out, start);
    }

    private static void writeArray(ByteBuf out, List<?> values, int depth) {
        checkDepth(depth);
        int start = beginLength(out);
        for (Object value : values) {
            writeValue(out, value, depth);
        }
        endLength(out, start);
    }

    /** Writes the type octet and the value. */
    static void writeValue(ByteBuf out, @Nullable Object value, int depth) {
        switch (value) {
            case null -> out.writeByte(FieldType.VOID);
            case String s -> writeString(out, s);
            case Integer i -> out.writeByte(FieldType.INT32).writeInt(i);
            case Long l -> out.writeByte(FieldType.INT64).writeLong(l);
            case Boolean b -> out.writeByte(FieldType.BOOLEAN).writeBoolean(b);
            case Map<?, ?> table -> writeTable(out.writeByte(FieldType.TABLE), table, depth + 1);
            case List<?> values -> writeArray(out.writeByte(FieldType.ARRAY), values, depth + 1);
            case Instant t -> out.writeByte(FieldType.TIMESTAMP).writeLong(t.getEpochSecond());
            case byte[] bytes -> writeBytes(out.writeByte(FieldType.BYTES), bytes);
            case LongString s -> writeBytes(out.writeByte(FieldType.STRING), s.bytes());
            case Double d -> out.writeByte(FieldType.DOUBLE).writeDouble(d);
            case Float f -> out.writeByte(FieldType.FLOAT).writeFloat(f);
            case Short s -> out.writeByte(FieldType.INT16).writeShort(s);
            case Byte b -> out.writeByte(FieldType.INT8).writeByte(b);
            case BigDecimal d -> writeDecimal(out, d);
            default -> throw new IllegalArgumentException("no field type for " + value.getClass());
        }
    }

    private static void writeString(ByteBuf out, String value) {
        out.writeByte(FieldType.STRING);
        int start = beginLength(out);
        ByteBufUtil.writeUtf8(out, value);
        endLength(out, start);
    }

    private static void writeBytes(ByteBuf out, byte[] bytes) {
        out.writeInt(bytes.length).writeBytes(bytes);
    }

    private static void writeDecimal(ByteBuf out, BigDecimal value) {
        BigDecimal scaled = value.scale() < 0 ? value.setScale(0, RoundingMode.UNNECESSARY) : value;
        if (scaled.scale() > 255 || scaled.unscaledValue().bitLength() >= Integer.SIZE) {
            throw new IllegalArgumentException("decimal does not fit: scale " + value.scale());
        }
        out.writeByte(FieldType.DECIMAL).writeByte(scaled.scale());
        out.writeInt(scaled.unscaledValue().intValueExact());
    }

    private static int beginLength(ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0);
        return start;
    }

    private static void endLength(ByteBuf out, int start) {
        out.setInt(start, out.writerIndex() - start - Integer.BYTES);
    }

    private static void checkDepth(int depth) {
        if (depth > FieldType.DEPTH_MAX) {
            throw new IllegalArgumentException("more than " + FieldType.DEPTH_MAX + " levels");
        }
    }
}
