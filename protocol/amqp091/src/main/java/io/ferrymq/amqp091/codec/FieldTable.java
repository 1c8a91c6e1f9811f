package io.ferrymq.amqp091.codec;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Field tables (clause 4.2.5.5): named values in order, as the arguments of a method or the headers of a message.
 *
 * <pre>
 *   +--------+--------+------+------+-------+------
 *   | length | name length, name    | type  | value ...     (repeated)
 *   +--------+--------+------+------+-------+------
 *     uint32   uint8    UTF-8         octet
 * </pre>
 *
 * {@code length} counts the octets that follow it. A name that comes twice keeps its first place and its last value.
 * What types there are and what they become in Java: {@code FieldType}. Tables nest at most 128 levels.
 */
public final class FieldTable {
    private FieldTable() {}

    /**
     * Reads a table at {@code in}'s reader index into a fresh map, which the caller owns.
     *
     * @throws MalformedFrameException 501 if a length leads out of the table or out of {@code in}; 502 for a type that
     *     does not exist, a name that is not UTF-8, or nesting that is too deep
     */
    public static Map<String, @Nullable Object> read(ByteBuf in) {
        return FieldTableReader.readTable(in, 1);
    }

    /** Reads names and values up to the end of {@code in}: a table without its length, as AMQPLAIN's response is. */
    public static Map<String, @Nullable Object> readEntries(ByteBuf in) {
        return FieldTableReader.readEntries(in, in.writerIndex(), 1);
    }

    /**
     * Writes {@code table} with its length.
     *
     * @throws IllegalArgumentException for a Java type that has no field type, a name of more than 255 octets, a
     * decimal
     *     that does not fit, or more than 128 levels
     */
    public static void write(ByteBuf out, Map<String, ? extends @Nullable Object> table) {
        FieldTableWriter.writeTable(out, table, 1);
    }

    /**
     * Checks a table from the absolute index {@code offset} without decoding it, and allocates nothing: after it {@link
     * #read} cannot fail. Strings in it are taken as they are.
     *
     * @return the index behind the table, at most {@code end}
     * @throws MalformedFrameException as {@link #read} does
     */
    public static int validate(ByteBuf in, int offset, int end) {
        return FieldTableValidator.validateTable(in, offset, end, 1);
    }
}
