package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.NullMarked;

/**
 * Octets written the way a specification shows them: blank-separated parts, each two hexadecimal digits per octet, or
 * text between single quotes, or a comment from {@code ;} to the end of the line.
 */
@NullMarked
final class Octets {
    private Octets() {}

    static ByteBuf of(String annotated) {
        ByteBuf out = Unpooled.buffer();
        for (String line : annotated.split("\n", -1)) {
            String code = line.contains(";") ? line.substring(0, line.indexOf(';')) : line;
            for (String part : code.split("\\s+", -1)) {
                append(out, part);
            }
        }
        return out;
    }

    private static void append(ByteBuf out, String part) {
        if (part.startsWith("'")) {
            out.writeCharSequence(part.substring(1, part.length() - 1), StandardCharsets.UTF_8);
            return;
        }
        for (int i = 0; i < part.length(); i += 2) {
            out.writeByte(Integer.parseInt(part.substring(i, i + 2), 16));
        }
    }
}
