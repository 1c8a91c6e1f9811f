package io.ferrymq.broker.message;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Octets of clients as text and back, without loss: UTF-8 becomes the text that it is, and an octet that belongs to no
 * UTF-8 becomes a character that no UTF-8 has, a low surrogate on its own. So two texts are equal only if their octets
 * are, whatever a client has sent, and what is written out again has the octets, and the length, that came in.
 *
 * <pre>
 *   octets      text
 *   UTF-8       what it says
 *   80 to FF    U+DC80 to U+DCFF    one character for each octet of a malformed sequence
 * </pre>
 *
 * <p>Stateless. Octets that are UTF-8, as nearly all are, take the fast path of the JDK.
 */
public final class Octets {
    private static final char REPLACEMENT = '\uFFFD';
    private static final char ESCAPE = '\uDC00';
    private static final char ESCAPE_FIRST = '\uDC80';
    private static final char ESCAPE_LAST = '\uDCFF';

    private Octets() {}

    /** The text of these octets. */
    public static String decode(byte[] octets) {
        String text = new String(octets, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeWithEscapes(octets);
    }

    /** The text of {@code length} octets from {@code index}; the buffer's own indexes do not move. */
    public static String decode(ByteBuf buffer, int index, int length) {
        byte[] octets = new byte[length];
        buffer.getBytes(index, octets);
        return decode(octets);
    }

    /** There may also be a U+FFFD that was sent as such. */
    private static String decodeWithEscapes(byte[] octets) {
        ByteBuffer in = ByteBuffer.wrap(octets);
        CharBuffer out = CharBuffer.allocate(octets.length);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        for (CoderResult result = decoder.decode(in, out, true);
                result.isError();
                result = decoder.decode(in, out, true)) {
            for (int i = 0; i < result.length(); i++) {
                out.put((char) (ESCAPE + Byte.toUnsignedInt(in.get())));
            }
        }
        return out.flip().toString();
    }

    /** The octets of a text; a broken surrogate that stands for no octet becomes a question mark. */
    public static byte[] encode(String text) {
        if (!hasEscapes(text)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        ByteBuffer out = ByteBuffer.allocate(3 * text.length());
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                out.put(text.substring(plain, i).getBytes(StandardCharsets.UTF_8));
                out.put((byte) (text.charAt(i) - ESCAPE));
                plain = i + 1;
            }
        }
        out.put(text.substring(plain).getBytes(StandardCharsets.UTF_8));
        byte[] octets = new byte[out.position()];
        out.flip().get(octets);
        return octets;
    }

    /** How many octets a text has. */
    public static int length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit < 0x80 || isEscape(text, i)) {
                length++;
            } else if (unit < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(unit)) {
                length += 3;
            } else if (isPair(text, i)) {
                length += 4;
                i++;
            } else {
                length++;
            }
        }
        return length;
    }

    /** Whether a text has octets that are no UTF-8. */
    public static boolean hasEscapes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isEscape(text, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscape(String text, int i) {
        char unit = text.charAt(i);
        return unit >= ESCAPE_FIRST
                && unit <= ESCAPE_LAST
                && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static boolean isPair(String text, int i) {
        return i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
    }

    /** Appends the length in octets as a varint, then the octets. */
    static void write(ByteBuf out, String text) {
        byte[] octets = encode(text);
        Varint.write(out, octets.length);
        out.writeBytes(octets);
    }

    /** Reads what {@link #write} wrote, and any other text with its length before it. */
    static String read(ByteBuf in) {
        byte[] octets = new byte[Varint.readCount(in, 1)];
        in.readBytes(octets);
        return decode(octets);
    }
}
