package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one method, written in order (clause 4.2.5). A value that has no room is our own fault and throws.
 */
public final class ArgumentWriter {
    /** What a short string holds at most, in octets of UTF-8. */
    static final int SHORT_STRING_BYTES_MAX = 255;

    private final ByteBuf out;
    private int bitCount;

    ArgumentWriter(ByteBuf out) {
        this.out = out;
    }

    ArgumentWriter octet(int value) {
        bitCount = 0;
        out.writeByte(value);
        return this;
    }

    ArgumentWriter uint16(int value) {
        bitCount = 0;
        out.writeShort(value);
        return this;
    }

    ArgumentWriter uint32(long value) {
        bitCount = 0;
        out.writeInt((int) value);
        return this;
    }

    ArgumentWriter int64(long value) {
        bitCount = 0;
        out.writeLong(value);
        return this;
    }

    /** The next bit; neighbours share an octet, lowest first (clause 4.2.5.2). */
    ArgumentWriter bit(boolean value) {
        if (bitCount == 0 || bitCount == Byte.SIZE) {
            out.writeByte(0);
            bitCount = 0;
        }
        int last = out.writerIndex() - 1;
        out.setByte(last, out.getByte(last) | (value ? 1 << bitCount : 0));
        bitCount++;
        return this;
    }

    ArgumentWriter shortString(String value) {
        bitCount = 0;
        writeShortString(out, value);
        return this;
    }

    ArgumentWriter longString(LongString value) {
        bitCount = 0;
        out.writeInt(value.length()).writeBytes(value.bytes());
        return this;
    }

    ArgumentWriter longText(String value) {
        bitCount = 0;
        out.writeInt(ByteBufUtil.utf8Bytes(value));
        ByteBufUtil.writeUtf8(out, value);
        return this;
    }

    ArgumentWriter table(Map<String, ? extends @Nullable Object> value) {
        bitCount = 0;
        FieldTable.write(out, value);
        return this;
    }

    static void writeShortString(ByteBuf out, String value) {
        int length = ByteBufUtil.utf8Bytes(value);
        if (length > SHORT_STRING_BYTES_MAX) {
            throw new IllegalArgumentException("short string of " + length + " octets");
        }
        out.writeByte(length);
        ByteBufUtil.writeUtf8(out, value);
    }
}
