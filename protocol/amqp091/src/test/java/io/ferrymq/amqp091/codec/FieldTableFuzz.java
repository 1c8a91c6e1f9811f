package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FieldTableFuzz {
    private static final int ROUNDS = 200_000;
    /** An empty table or array takes 5 octets on the wire and a map or list with its entry here. */
    private static final int MEMORY_FACTOR_MAX = 40;

    private final long seed = Mutations.seed();
    private final Mutations mutations = new Mutations(seed);

    @Test
    void validatesExactlyWhatItReads() {
        ByteBuf valid = everyType();
        for (int round = 0; round < ROUNDS; round++) {
            ByteBuf in = round % 4 == 0 ? mutations.arbitrary(40) : mutations.mutated(valid);
            assertThat(isRead(in.duplicate())).as("seed %d", seed).isEqualTo(isValid(in));
        }
    }

    @Test
    void refusesATableOfAThousandLevels() {
        ByteBuf deep = FieldTableTest.nested(1000);

        assertThat(isValid(deep)).isFalse();
        assertThat(isRead(deep)).isFalse();
    }

    @Test
    void refusesAnArrayOfAThousandLevels() {
        ByteBuf out = Unpooled.buffer();
        out.writeInt(5 * 1000 + 1).writeByte(0).writeByte('A');
        for (int level = 999; level >= 0; level--) {
            out.writeInt(5 * level);
            out.writeByte('A');
        }
        out.writerIndex(out.writerIndex() - 1);

        assertThat(isValid(out)).isFalse();
        assertThat(isRead(out)).isFalse();
    }

    @Test
    void allocatesNothingForALengthThatLies() {
        for (String type : List.of("S", "x", "A", "F")) {
            ByteBuf in = Octets.of("00000007 01 'k' '" + type + "' 7FFFFFFF");
            isRead(in.duplicate());
            assertThat(Allocation.bytesOf(() -> isRead(in))).isLessThan(10_000);
        }
    }

    @Test
    void takesMemoryInProportionToTheOctetsThatArrived() {
        for (String element :
                List.of("'V'", "'t' 01", "'A' 00000000", "'F' 00000000", "'S' 00000000", "'x' 00000000")) {
            ByteBuf in = arrayOf(Octets.of(element), 20_000);
            isRead(in.duplicate());
            assertThat(Allocation.bytesOf(() -> assertThat(isRead(in)).isTrue()))
                    .as(element)
                    .isLessThan((long) in.writerIndex() * MEMORY_FACTOR_MAX);
        }
    }

    @Test
    void readsATableOfManyNamesWithOneHash() {
        ByteBuf out = Unpooled.buffer().writeInt(0);
        for (int name = 0; name < 1 << 14; name++) {
            out.writeByte(28);
            for (int bit = 0; bit < 14; bit++) {
                out.writeShort((name >>> bit & 1) == 0 ? 'A' << 8 | 'a' : 'B' << 8 | 'B');
            }
            out.writeByte('V');
        }
        out.setInt(0, out.writerIndex() - 4);

        assertThat(FieldTable.read(out)).hasSize(1 << 14);
    }

    private static ByteBuf arrayOf(ByteBuf element, int count) {
        int length = element.readableBytes() * count;
        ByteBuf out = Unpooled.buffer()
                .writeInt(length + 6)
                .writeByte(0)
                .writeByte('A')
                .writeInt(length);
        for (int i = 0; i < count; i++) {
            out.writeBytes(element, 0, element.readableBytes());
        }
        return out;
    }

    private static boolean isRead(ByteBuf in) {
        try {
            FieldTable.read(in);
            return true;
        } catch (MalformedFrameException e) {
            return false;
        }
    }

    private static boolean isValid(ByteBuf in) {
        try {
            FieldTable.validate(in, in.readerIndex(), in.writerIndex());
            return true;
        } catch (MalformedFrameException e) {
            return false;
        }
    }

    private static ByteBuf everyType() {
        Map<String, Object> table = new LinkedHashMap<>();
        table.put("string", "\u20ac");
        table.put("bytes", new byte[] {1, 2});
        table.put("list", List.of(true, (byte) 1, (short) 2, 3, 4L, List.of()));
        table.put("table", Map.of("f", 1.5f, "d", 2.5d, "D", BigDecimal.TEN, "T", Instant.EPOCH));
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, table);
        return out;
    }
}
