package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One entry of a field table found in place. The table's structure was checked before. */
final class HeaderSearch {
    private HeaderSearch() {}

    /** The value of the last entry named {@code name} in the table at {@code offset}; null if absent or void. */
    static @Nullable Object last(ByteBuf in, int offset, String name) {
        int end = offset + Integer.BYTES + in.getInt(offset);
        int found = -1;
        int at = offset + Integer.BYTES;
        while (at < end) {
            int value = at + 1 + in.getUnsignedByte(at);
            if (isNamed(in, at, name)) {
                found = value;
            }
            at = FieldTableValidator.skipValue(in, value);
        }
        return found < 0 ? null : FieldTableReader.readValueAt(in, found, end);
    }

    /**
     * Whether the name at {@code offset} is {@code name}. Names of ASCII letters, which nearly all are, are compared
     * octet by character, so that no string is made for every header of every message.
     */
    private static boolean isNamed(ByteBuf in, int offset, String name) {
        int length = in.getUnsignedByte(offset);
        for (int i = 0; i < length; i++) {
            byte octet = in.getByte(offset + 1 + i);
            if (octet < 0) {
                return in.toString(offset + 1, length, StandardCharsets.UTF_8).equals(name);
            }
            if (i >= name.length() || name.charAt(i) != octet) {
                return false;
            }
        }
        return length == name.length();
    }
}
