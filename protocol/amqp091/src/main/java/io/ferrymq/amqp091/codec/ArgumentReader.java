package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one method, read in order (clause 4.2.5). Each read checks that its octets are there and throws a
 * {@link MalformedFrameException} otherwise.
 */
final class ArgumentReader {
    private final ByteBuf in;
    private int bits;
    private int bitCount;

    ArgumentReader(ByteBuf in) {
        this.in = in;
    }

    int octet() {
        require(Byte.BYTES);
        return in.readUnsignedByte();
    }

    int uint16() {
        require(Short.BYTES);
        return in.readUnsignedShort();
    }

    long uint32() {
        require(Integer.BYTES);
        return in.readUnsignedInt();
    }

    long int64() {
        require(Long.BYTES);
        return in.readLong();
    }

    /** The next bit; neighbours share an octet, lowest first (clause 4.2.5.2). */
    boolean bit() {
        if (bitCount == 0 || bitCount == Byte.SIZE) {
            bits = octet();
            bitCount = 0;
        }
        return (bits >>> bitCount++ & 1) != 0;
    }

    String shortString() {
        return text(octet());
    }

    LongString longString() {
        byte[] bytes = new byte[boundedLength()];
        in.readBytes(bytes);
        return LongString.owning(bytes);
    }

    String longText() {
        return text(boundedLength());
    }

    Map<String, @Nullable Object> table() {
        bitCount = 0;
        return FieldTable.read(in);
    }

    /** Skips the access ticket of older versions, which nobody checks any more. */
    void skipTicket() {
        uint16();
    }

    void skipShortString() {
        skip(octet());
    }

    void skipLongString() {
        skip(boundedLength());
    }

    void skipBit() {
        bit();
    }

    /** Every octet of a method frame is an argument. */
    void end() {
        if (in.isReadable()) {
            throw MalformedFrameException.frameError(in.readableBytes() + " octets after the last argument");
        }
    }

    private int boundedLength() {
        long length = uint32();
        if (length > in.readableBytes()) {
            throw MalformedFrameException.frameError("long string of " + length + " octets does not fit");
        }
        return (int) length;
    }

    private String text(int length) {
        require(length);
        int start = in.readerIndex();
        if (!ByteBufUtil.isText(in, start, length, StandardCharsets.UTF_8)) {
            throw MalformedFrameException.syntaxError("string is not UTF-8");
        }
        in.skipBytes(length);
        return in.toString(start, length, StandardCharsets.UTF_8);
    }

    private void skip(int octets) {
        require(octets);
        in.skipBytes(octets);
    }

    private void require(int octets) {
        bitCount = 0;
        if (in.readableBytes() < octets) {
            throw MalformedFrameException.frameError("method ends inside its arguments");
        }
    }
}
