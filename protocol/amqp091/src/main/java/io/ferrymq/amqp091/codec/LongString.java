package io.ferrymq.amqp091.codec;

import java.util.Arrays;

/**
 * The octets of a long string that need not be text (clause 4.2.5.3): SASL responses, secrets, and strings in a field
 * table that are not valid UTF-8. Immutable. Its {@code toString} tells the length only, so that a method with a
 * password in it can be logged.
 */
public final class LongString {
    private final byte[] bytes;

    private LongString(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of {@code bytes}. */
    public static LongString copyOf(byte[] bytes) {
        return new LongString(bytes.clone());
    }

    /** Takes over {@code bytes}, which nobody may change afterwards. */
    static LongString owning(byte[] bytes) {
        return new LongString(bytes);
    }

    /** A copy of the octets. */
    public byte[] toByteArray() {
        return bytes.clone();
    }

    /** The octets themselves; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    /** Number of octets. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LongString that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "LongString[" + bytes.length + " octets]";
    }
}
