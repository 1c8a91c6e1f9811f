package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Field tables and arrays from octets. Stateless; recursion ends at {@link FieldType#DEPTH_MAX}. */
final class FieldTableReader {
    private FieldTableReader() {}

    static Map<String, @Nullable Object> readTable(ByteBuf in, int depth) {
        int end = readLength(in, in.writerIndex(), "field table");
        return readEntries(in, end, depth);
    }

    static Map<String, @Nullable Object> readEntries(ByteBuf in, int end, int depth) {
        checkDepth(depth);
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        while (in.readerIndex() < end) {
            String name = readName(in, end);
            table.put(name, readValue(in, end, depth));
        }
        return table;
    }

    private static List<@Nullable Object> readArray(ByteBuf in, int limit, int depth) {
        checkDepth(depth);
        int end = readLength(in, limit, "field array");
        List<@Nullable Object> values = new ArrayList<>();
        while (in.readerIndex() < end) {
            values.add(readValue(in, end, depth));
        }
        return values;
    }

    /** The value whose type octet is at the absolute index {@code offset}, in a table that ends at {@code end}. */
    static @Nullable Object readValueAt(ByteBuf in, int offset, int end) {
        ByteBuf value = in.slice(offset, end - offset);
        return readValue(value, value.writerIndex(), 1);
    }

    private static @Nullable Object readValue(ByteBuf in, int end, int depth) {
        require(in, end, 1);
        char type = (char) in.readUnsignedByte();
        require(in, end, FieldTableValidator.fixedLength(type));
        return switch (type) {
            case FieldType.BOOLEAN -> in.readByte() != 0;
            case FieldType.INT8 -> in.readByte();
            case FieldType.UINT8 -> in.readUnsignedByte();
            case FieldType.INT16 -> in.readShort();
            case FieldType.UINT16 -> in.readUnsignedShort();
            case FieldType.INT32 -> in.readInt();
            case FieldType.UINT32 -> in.readUnsignedInt();
            case FieldType.INT64, FieldType.INT64_TOO -> in.readLong();
            case FieldType.FLOAT -> in.readFloat();
            case FieldType.DOUBLE -> in.readDouble();
            case FieldType.DECIMAL -> readDecimal(in);
            case FieldType.TIMESTAMP -> readTimestamp(in);
            case FieldType.STRING -> readString(in, end);
            case FieldType.BYTES -> readBytes(in, readLength(in, end, "byte array"));
            case FieldType.ARRAY -> readArray(in, end, depth + 1);
            case FieldType.TABLE -> readEntries(in, readLength(in, end, "field table"), depth + 1);
            case FieldType.VOID -> null;
            default -> throw FieldType.unknown(type);
        };
    }

    private static String readName(ByteBuf in, int end) {
        require(in, end, 1);
        int length = in.readUnsignedByte();
        require(in, end, length);
        int start = in.readerIndex();
        if (!ByteBufUtil.isText(in, start, length, StandardCharsets.UTF_8)) {
            throw MalformedFrameException.syntaxError("field name is not UTF-8");
        }
        in.skipBytes(length);
        return in.toString(start, length, StandardCharsets.UTF_8);
    }

    private static Object readString(ByteBuf in, int limit) {
        int end = readLength(in, limit, "long string");
        int start = in.readerIndex();
        if (!ByteBufUtil.isText(in, start, end - start, StandardCharsets.UTF_8)) {
            return LongString.owning(readBytes(in, end));
        }
        in.readerIndex(end);
        return in.toString(start, end - start, StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(ByteBuf in, int end) {
        byte[] bytes = new byte[end - in.readerIndex()];
        in.readBytes(bytes);
        return bytes;
    }

    private static BigDecimal readDecimal(ByteBuf in) {
        int scale = in.readUnsignedByte();
        return new BigDecimal(BigInteger.valueOf(in.readInt()), scale);
    }

    private static Object readTimestamp(ByteBuf in) {
        long seconds = in.readLong();
        boolean hasInstant = seconds >= Instant.MIN.getEpochSecond() && seconds <= Instant.MAX.getEpochSecond();
        return hasInstant ? Instant.ofEpochSecond(seconds) : (Object) seconds;
    }

    /** Reads a length and returns the index where the octets that it counts end, at most {@code limit}. */
    private static int readLength(ByteBuf in, int limit, String what) {
        require(in, limit, Integer.BYTES);
        long length = in.readUnsignedInt();
        if (length > limit - in.readerIndex()) {
            throw MalformedFrameException.frameError(what + " of " + length + " octets does not fit");
        }
        return in.readerIndex() + (int) length;
    }

    private static void require(ByteBuf in, int end, int octets) {
        if (end - in.readerIndex() < octets) {
            throw MalformedFrameException.frameError("field table ends inside a value");
        }
    }

    private static void checkDepth(int depth) {
        if (depth > FieldType.DEPTH_MAX) {
            throw FieldType.tooDeep();
        }
    }
}
