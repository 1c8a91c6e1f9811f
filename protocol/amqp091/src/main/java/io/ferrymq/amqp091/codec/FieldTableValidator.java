package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;

/**
 * The structure of a field table checked in place, by absolute indexes: the headers of a message are checked once when
 * it arrives and read only if somebody asks. Allocates nothing, where a decoded table would cost an object an entry.
 */
final class FieldTableValidator {
    private FieldTableValidator() {}

    /** Returns the index behind the table. */
    static int validateTable(ByteBuf in, int offset, int limit, int depth) {
        checkDepth(depth);
        int end = endOfLength(in, offset, limit);
        int at = offset + Integer.BYTES;
        while (at < end) {
            at = validateValue(in, validateName(in, at, end), end, depth);
        }
        return end;
    }

    private static int validateArray(ByteBuf in, int offset, int limit, int depth) {
        checkDepth(depth);
        int end = endOfLength(in, offset, limit);
        int at = offset + Integer.BYTES;
        while (at < end) {
            at = validateValue(in, at, end, depth);
        }
        return end;
    }

    private static int validateName(ByteBuf in, int offset, int end) {
        int length = in.getUnsignedByte(offset);
        int behind = step(offset + 1, length, end);
        if (!ByteBufUtil.isText(in, offset + 1, length, StandardCharsets.UTF_8)) {
            throw MalformedFrameException.syntaxError("field name is not UTF-8");
        }
        return behind;
    }

    private static int validateValue(ByteBuf in, int offset, int end, int depth) {
        int at = step(offset, 1, end);
        char type = (char) in.getUnsignedByte(offset);
        return switch (type) {
            case FieldType.STRING, FieldType.BYTES -> endOfLength(in, at, end);
            case FieldType.ARRAY -> validateArray(in, at, end, depth + 1);
            case FieldType.TABLE -> validateTable(in, at, end, depth + 1);
            default -> step(at, fixedLength(type), end);
        };
    }

    /** Returns the index behind a value whose structure was checked before, from the index of its type octet. */
    static int skipValue(ByteBuf in, int offset) {
        char type = (char) in.getUnsignedByte(offset);
        int at = offset + 1;
        return switch (type) {
            case FieldType.STRING, FieldType.BYTES, FieldType.ARRAY, FieldType.TABLE ->
                at + Integer.BYTES + in.getInt(at);
            default -> at + fixedLength(type);
        };
    }

    /** Octets that a value of this type has at least, and exactly unless it carries its own length (then 4). */
    static int fixedLength(char type) {
        return switch (type) {
            case FieldType.VOID -> 0;
            case FieldType.BOOLEAN, FieldType.INT8, FieldType.UINT8 -> 1;
            case FieldType.INT16, FieldType.UINT16 -> 2;
            case FieldType.INT32, FieldType.UINT32, FieldType.FLOAT -> 4;
            case FieldType.STRING, FieldType.BYTES, FieldType.ARRAY, FieldType.TABLE -> Integer.BYTES;
            case FieldType.DECIMAL -> 5;
            case FieldType.INT64, FieldType.INT64_TOO, FieldType.DOUBLE, FieldType.TIMESTAMP -> 8;
            default -> throw FieldType.unknown(type);
        };
    }

    private static int endOfLength(ByteBuf in, int offset, int limit) {
        int at = step(offset, Integer.BYTES, limit);
        return step(at, in.getUnsignedInt(offset), limit);
    }

    private static int step(int offset, long length, int limit) {
        if (length > limit - offset) {
            throw MalformedFrameException.frameError("field table ends inside a value");
        }
        return offset + (int) length;
    }

    private static void checkDepth(int depth) {
        if (depth > FieldType.DEPTH_MAX) {
            throw FieldType.tooDeep();
        }
    }
}
