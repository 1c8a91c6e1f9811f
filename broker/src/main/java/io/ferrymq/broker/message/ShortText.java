package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A name or routing key of at most 255 bytes, as the bytes that it came in, which need not be UTF-8, and as the text that
 * {@link Octets} makes of them. Sessions keep the last ones they saw: a publisher sends the same names again and again,
 * and {@link #matches} finds that out without creating anything.
 */
public final class ShortText {
    /** The longest. */
    public static final int BYTES_MAX = 255;

    public static final ShortText EMPTY = of("");

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final String text;
    private final byte[] bytes;

    private ShortText(String text, byte[] bytes) {
        if (bytes.length > BYTES_MAX) {
            throw new IllegalArgumentException("a name or key of " + bytes.length + " bytes, more than " + BYTES_MAX);
        }
        this.text = text;
        this.bytes = bytes;
    }

    public static ShortText of(String text) {
        return new ShortText(text, Octets.encode(text));
    }

    /** Copies {@code length} bytes from {@code index}; the buffer's own indexes do not move. */
    public static ShortText of(ByteBuf buffer, int index, int length) {
        byte[] bytes = new byte[length];
        buffer.getBytes(index, bytes);
        return new ShortText(Octets.decode(bytes), bytes);
    }

    /** Whether these bytes of the buffer are this text's bytes. */
    public boolean matches(ByteBuf buffer, int index, int length) {
        if (length != bytes.length) {
            return false;
        }
        if (length < Long.BYTES) {
            return matchesShort(buffer, index, length);
        }
        // The last eight bytes may be compared twice; buffers check each access, so few large ones cost less.
        int last = length - Long.BYTES;
        for (int i = 0; i < last; i += Long.BYTES) {
            if (buffer.getLong(index + i) != (long) EIGHT_BYTES.get(bytes, i)) {
                return false;
            }
        }
        return buffer.getLong(index + last) == (long) EIGHT_BYTES.get(bytes, last);
    }

    private boolean matchesShort(ByteBuf buffer, int index, int length) {
        for (int i = 0; i < length; i++) {
            if (buffer.getByte(index + i) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    public String text() {
        return text;
    }

    /** The shared bytes; not to be written to. */
    @SuppressWarnings("EI_EXPOSE_REP")
    public byte[] utf8() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof ShortText that && Arrays.equals(bytes, that.bytes));
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
