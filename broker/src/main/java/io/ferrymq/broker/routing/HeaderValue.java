package io.ferrymq.broker.routing;

import io.ferrymq.broker.message.ValueCodec;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * What a value in a headers exchange counts as. As in RabbitMQ the value decides, not its type: octets meet text, and
 * integers, floating-point numbers and times (in seconds) meet each other. Inside lists and tables, types and order
 * count. Two values meet if what they count as is {@linkplain Object#equals equal}.
 *
 * <p>Everything returned is comparable to others of its class, so that a hash table of such keys stays fast whatever
 * clients make collide.
 */
final class HeaderValue {
    private static final int SCRATCH_BYTES = 256;

    private HeaderValue() {}

    /** Number of any kind, {@link String}, {@link Boolean} or {@link Octets}; texts and longs are returned as they are. */
    static Object of(Object value) {
        return switch (value) {
            case Byte number -> number.longValue();
            case Short number -> number.longValue();
            case Integer number -> number.longValue();
            case Float number -> ofFloatingPoint(number);
            case Double number -> ofFloatingPoint(number);
            case Instant time -> time.getEpochSecond();
            case byte[] octets -> ofOctets(octets);
            case List<?> list -> ofComposite(list, list.isEmpty());
            case Map<?, ?> table -> ofComposite(table, table.isEmpty());
            default -> value;
        };
    }

    /** A whole number counts as an integer, which also makes both zeros one. */
    private static Object ofFloatingPoint(double number) {
        long whole = (long) number;
        boolean isWhole = whole == number && whole != Long.MAX_VALUE;
        return isWhole ? (Object) whole : (Object) number;
    }

    private static Object ofOctets(byte[] octets) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets))
                    .toString();
        } catch (CharacterCodingException _) {
            return new Octets(Octets.Kind.PLAIN, octets);
        }
    }

    private static Object ofComposite(Object composite, boolean empty) {
        if (empty) {
            return Octets.EMPTY;
        }
        ByteBuf scratch = Unpooled.buffer(SCRATCH_BYTES);
        try {
            ValueCodec.writeTable(scratch, Map.of("", composite));
            return new Octets(Octets.Kind.COMPOSITE, Arrays.copyOf(scratch.array(), scratch.writerIndex()));
        } catch (IllegalArgumentException _) {
            // No binding can ask for what cannot be stored, so it meets nothing.
            return composite;
        } finally {
            scratch.release();
        }
    }

    /** Octets that are no text, or stand for a list or a table. */
    static final class Octets implements Comparable<Octets> {
        private enum Kind {
            PLAIN,
            COMPOSITE
        }

        /** An empty list is an empty table. */
        static final Octets EMPTY = new Octets(Kind.COMPOSITE, new byte[0]);

        private final Kind kind;
        private final byte[] bytes;

        private Octets(Kind kind, byte[] bytes) {
            this.kind = kind;
            this.bytes = bytes;
        }

        @Override
        public int compareTo(Octets other) {
            return kind == other.kind ? Arrays.compare(bytes, other.bytes) : kind.compareTo(other.kind);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Octets octets && compareTo(octets) == 0;
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }
}
