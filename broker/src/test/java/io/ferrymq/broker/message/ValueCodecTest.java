package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ValueCodecTest {
    @Test
    void writesEveryClassOfValueAsDocumented() {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        table.put("n", null);
        table.put("t", true);
        table.put("f", false);
        table.put("b", (byte) -1);
        table.put("s", (short) 300);
        table.put("i", -2);
        table.put("l", 64L);
        table.put("g", 1.5f);
        table.put("d", -2.0);
        table.put("D", new BigDecimal("1.00"));
        table.put("S", "ä");
        table.put("x", new byte[] {7, 8});
        table.put("T", Instant.ofEpochSecond(1, 2));
        table.put("A", List.of(1));
        table.put("F", Map.of("k", "v"));

        assertThat(encoded(table))
                .isEqualTo(octets(
                        "0F", // fifteen entries
                        "01 6E 00", // "n": null
                        "01 74 02", // "t": true
                        "01 66 01", // "f": false
                        "01 62 03 FF", // "b": Byte -1
                        "01 73 04 D8 04", // "s": Short, zigzag 600
                        "01 69 05 03", // "i": Integer, zigzag 3
                        "01 6C 06 80 01", // "l": Long, zigzag 128
                        "01 67 07 3FC00000", // "g": Float
                        "01 64 08 C000000000000000", // "d": Double
                        "01 44 09 04 01 64", // "D": scale 2, one byte, 100
                        "01 53 0A 02 C3A4", // "S": two bytes of UTF-8
                        "01 78 0B 02 0708", // "x": two bytes
                        "01 54 0C 02 02", // "T": second 1, nano 2
                        "01 41 0D 01 05 02", // "A": one value, Integer 1
                        "01 46 0E 01 01 6B 0A 01 76")); // "F": "k" is "v"
    }

    @Test
    void refusesValuesOfOtherClasses() {
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(Map.of("k", 'c')));
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(Map.of("k", java.math.BigInteger.ONE)));
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(Map.of("k", Map.of(1, 2))));
    }

    @Test
    void refusesTextThatWouldNotComeBack() {
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(Map.of("k", "\uD800")));
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(Map.of("\uDC00x", 1)));
    }

    @Test
    void refusesTablesNestedTooDeep() {
        assertThat(ValueCodec.readTable(Unpooled.wrappedBuffer(encoded(nested(ValueCodec.DEPTH_MAX)))))
                .isEqualTo(nested(ValueCodec.DEPTH_MAX));
        assertThatIllegalArgumentException().isThrownBy(() -> encoded(nested(ValueCodec.DEPTH_MAX + 1)));
    }

    @Test
    void refusesToReadTablesNestedTooDeep() {
        ByteBuf bytes = Unpooled.buffer();
        for (int depth = 0; depth < 100_000; depth++) {
            bytes.writeByte(1).writeByte(0).writeByte(14); // one entry, "", a table
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueCodec.readTable(bytes))
                .withMessageContaining("deep");
    }

    @Test
    void refusesTablesThatAreTooLarge() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            texts.add("x".repeat(1_000));
        }

        assertThatIllegalArgumentException()
                .isThrownBy(() -> encoded(Map.of("k", texts)))
                .withMessageContaining("more than 1048576 bytes");
    }

    @Test
    void refusesCountsThatExceedTheBytesAtHand() {
        ByteBuf bytes = Unpooled.wrappedBuffer(octets("FFFFFFFF07"));

        assertThatIllegalArgumentException().isThrownBy(() -> ValueCodec.readTable(bytes));
    }

    @Test
    void refusesVarintsOfMoreThanTenBytes() {
        ByteBuf bytes = Unpooled.wrappedBuffer(octets("8080808080808080808001"));

        assertThatIllegalArgumentException().isThrownBy(() -> ValueCodec.readVarint(bytes));
    }

    private static Map<String, Object> nested(int depth) {
        Map<String, Object> table = Map.of();
        for (int i = 1; i < depth; i++) {
            table = Map.of("t", table);
        }
        return table;
    }

    private static byte[] encoded(Map<String, ? extends @Nullable Object> table) {
        ByteBuf out = Unpooled.buffer();
        ValueCodec.writeTable(out, table);
        return ByteBufUtil.getBytes(out);
    }

    private static byte[] octets(String... hex) {
        return HexFormat.of().parseHex(String.join("", hex).replace(" ", ""));
    }
}
