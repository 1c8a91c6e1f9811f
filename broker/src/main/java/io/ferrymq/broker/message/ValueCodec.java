package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tables of arguments and headers as bytes, in no protocol's format: for commands in the log and for checkpoints.
 *
 * <pre>
 *  table   ::= count:varint (name:text value)*count      in the order of the map
 *  value   ::= tag:uint8 content
 *  text    ::= length:varint UTF-8*length
 *
 *  tag  value        content                 tag  value        content
 *   0   null         nothing                  8   Double       8 bytes, big endian
 *   1   false        nothing                  9   BigDecimal   scale:zigzag length:varint two's complement
 *   2   true         nothing                 10   String       text
 *   3   Byte         1 byte                  11   byte[]       length:varint bytes
 *   4   Short        zigzag                  12   Instant      seconds:zigzag nanos:varint
 *   5   Integer      zigzag                  13   List         count:varint value*count
 *   6   Long         zigzag                  14   Map          table
 *   7   Float        4 bytes, big endian
 * </pre>
 *
 * <p>A varint is an unsigned 64-bit number, seven bits a byte, least significant first, the high bit set on all but the
 * last; a zigzag is a varint of {@code (n << 1) ^ (n >> 63)}. What is read back is equal and of the same classes.
 * Stateless. Reading anything but what was written throws {@link IllegalArgumentException} or {@link
 * IndexOutOfBoundsException} and allocates no more than a small multiple of the bytes at hand.
 */
public final class ValueCodec {
    /** Tables and lists inside each other, the outermost included. */
    public static final int DEPTH_MAX = 64;

    /** The largest table, in encoded bytes. A field table of one AMQP frame fits. */
    public static final int TABLE_BYTES_MAX = 1 << 20;

    private static final int NULL = 0;
    private static final int FALSE = 1;
    private static final int TRUE = 2;
    private static final int BYTE = 3;
    private static final int SHORT = 4;
    private static final int INTEGER = 5;
    private static final int LONG = 6;
    private static final int FLOAT = 7;
    private static final int DOUBLE = 8;
    private static final int DECIMAL = 9;
    private static final int TEXT = 10;
    private static final int BYTES = 11;
    private static final int INSTANT = 12;
    private static final int LIST = 13;
    private static final int TABLE = 14;

    private ValueCodec() {}

    /**
     * Appends a table to {@code out}.
     *
     * @throws IllegalArgumentException if it is too deep or too large or has a value of another class; {@code out} then
     *     ends anywhere inside it
     */
    public static void writeTable(ByteBuf out, Map<String, ? extends @Nullable Object> table) {
        writeTable(out, table, 1, out.writerIndex() + TABLE_BYTES_MAX);
    }

    /** Reads a table from {@code in}; the map keeps the order and cannot be changed. */
    public static Map<String, @Nullable Object> readTable(ByteBuf in) {
        return readTable(in, 1);
    }

    /**
     * Appends text: its length in bytes, then UTF-8.
     *
     * @throws IllegalArgumentException if a surrogate lacks its other half, since it would not come back
     */
    public static void writeText(ByteBuf out, String text) {
        if (!isUnicode(text)) {
            throw new IllegalArgumentException("text that is not valid Unicode");
        }
        writeVarint(out, ByteBufUtil.utf8Bytes(text));
        ByteBufUtil.writeUtf8(out, text);
    }

    public static String readText(ByteBuf in) {
        int length = readCount(in);
        return in.readString(length, StandardCharsets.UTF_8);
    }

    /** Appends the length, then the octets of a text that need not be UTF-8: see {@link Octets}. */
    public static void writeOctets(ByteBuf out, String text) {
        writeBytes(out, Octets.encode(text));
    }

    /** Reads what {@link #writeOctets} or {@link #writeText} wrote. */
    public static String readOctets(ByteBuf in) {
        return Octets.decode(readBytes(in));
    }

    /** Whether the text comes back as it was: no surrogate lacks its other half. */
    public static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (Character.isSurrogate(unit)) {
                boolean paired = i + 1 < text.length() && Character.isSurrogatePair(unit, text.charAt(i + 1));
                if (!paired) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Appends the length, then the bytes. */
    public static void writeBytes(ByteBuf out, byte[] bytes) {
        writeVarint(out, bytes.length);
        out.writeBytes(bytes);
    }

    public static byte[] readBytes(ByteBuf in) {
        byte[] bytes = new byte[readCount(in)];
        in.readBytes(bytes);
        return bytes;
    }

    /** Appends an unsigned number in one to ten bytes. */
    public static void writeVarint(ByteBuf out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.writeByte((int) rest | 0x80);
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    public static long readVarint(ByteBuf in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.readByte();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint has more than ten bytes");
    }

    /** Reads the number of things that follow, each of at least one byte, so that it cannot exceed the bytes at hand. */
    public static int readCount(ByteBuf in) {
        long count = readVarint(in);
        if (count < 0 || count > in.readableBytes()) {
            throw new IllegalArgumentException("a count of " + count + " with " + in.readableBytes() + " bytes left");
        }
        return (int) count;
    }

    private static void writeTable(ByteBuf out, Map<?, ?> table, int depth, int endMax) {
        requireDepth(depth);
        writeVarint(out, table.size());
        for (Map.Entry<?, ?> entry : table.entrySet()) {
            if (!(entry.getKey() instanceof String name)) {
                throw new IllegalArgumentException("a name that is not text");
            }
            writeText(out, name);
            writeValue(out, entry.getValue(), depth, endMax);
        }
    }

    private static void writeValue(ByteBuf out, @Nullable Object value, int depth, int endMax) {
        switch (value) {
            case null -> out.writeByte(NULL);
            case Boolean flag -> out.writeByte(flag ? TRUE : FALSE);
            case Number number -> writeNumber(out, number);
            case String text -> writeText(out.writeByte(TEXT), text);
            case byte[] bytes -> writeBytes(out.writeByte(BYTES), bytes);
            case Instant instant -> {
                writeZigzag(out.writeByte(INSTANT), instant.getEpochSecond());
                writeVarint(out, instant.getNano());
            }
            case List<?> list -> writeList(out.writeByte(LIST), list, depth + 1, endMax);
            case Map<?, ?> table -> writeTable(out.writeByte(TABLE), table, depth + 1, endMax);
            default -> throw unknownClass(value);
        }
        if (out.writerIndex() > endMax) {
            throw new IllegalArgumentException("a table of more than " + TABLE_BYTES_MAX + " bytes");
        }
    }

    private static void writeNumber(ByteBuf out, Number value) {
        switch (value) {
            case Byte number -> out.writeByte(BYTE).writeByte(number);
            case Short number -> writeZigzag(out.writeByte(SHORT), number);
            case Integer number -> writeZigzag(out.writeByte(INTEGER), number);
            case Long number -> writeZigzag(out.writeByte(LONG), number);
            case Float number -> out.writeByte(FLOAT).writeFloat(number);
            case Double number -> out.writeByte(DOUBLE).writeDouble(number);
            case BigDecimal number -> {
                writeZigzag(out.writeByte(DECIMAL), number.scale());
                writeBytes(out, number.unscaledValue().toByteArray());
            }
            default -> throw unknownClass(value);
        }
    }

    private static void writeList(ByteBuf out, List<?> list, int depth, int endMax) {
        requireDepth(depth);
        writeVarint(out, list.size());
        for (Object value : list) {
            writeValue(out, value, depth, endMax);
        }
    }

    private static Map<String, @Nullable Object> readTable(ByteBuf in, int depth) {
        requireDepth(depth);
        int count = readCount(in);
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            table.put(readText(in), readValue(in, depth));
        }
        return Collections.unmodifiableMap(table);
    }

    private static @Nullable Object readValue(ByteBuf in, int depth) {
        byte tag = in.readByte();
        return switch (tag) {
            case NULL -> null;
            case FALSE -> false;
            case TRUE -> true;
            case BYTE -> in.readByte();
            case SHORT -> (short) readZigzag(in);
            case INTEGER -> (int) readZigzag(in);
            case LONG -> readZigzag(in);
            case FLOAT -> in.readFloat();
            case DOUBLE -> in.readDouble();
            case DECIMAL -> readDecimal(in);
            case TEXT -> readText(in);
            case BYTES -> readBytes(in);
            case INSTANT -> readInstant(in);
            case LIST -> readList(in, depth + 1);
            case TABLE -> readTable(in, depth + 1);
            default -> throw new IllegalArgumentException("no value has tag " + tag);
        };
    }

    private static BigDecimal readDecimal(ByteBuf in) {
        int scale = (int) readZigzag(in);
        return new BigDecimal(new BigInteger(readBytes(in)), scale);
    }

    private static Instant readInstant(ByteBuf in) {
        long seconds = readZigzag(in);
        long nanos = readVarint(in);
        if (seconds < Instant.MIN.getEpochSecond() || seconds > Instant.MAX.getEpochSecond() || nanos >>> 30 != 0) {
            throw new IllegalArgumentException("an instant that does not exist");
        }
        return Instant.ofEpochSecond(seconds, nanos);
    }

    private static List<@Nullable Object> readList(ByteBuf in, int depth) {
        requireDepth(depth);
        int count = readCount(in);
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(readValue(in, depth));
        }
        return Collections.unmodifiableList(list);
    }

    private static void writeZigzag(ByteBuf out, long value) {
        writeVarint(out, (value << 1) ^ (value >> 63));
    }

    private static long readZigzag(ByteBuf in) {
        long value = readVarint(in);
        return (value >>> 1) ^ -(value & 1);
    }

    private static void requireDepth(int depth) {
        if (depth > DEPTH_MAX) {
            throw new IllegalArgumentException("a table nested deeper than " + DEPTH_MAX + " levels");
        }
    }

    private static IllegalArgumentException unknownClass(Object value) {
        return new IllegalArgumentException("a value of " + value.getClass());
    }
}
