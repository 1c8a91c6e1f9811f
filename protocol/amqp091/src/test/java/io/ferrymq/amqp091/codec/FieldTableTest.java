package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FieldTableTest {
    /** Values that are written with the type that they were read with. */
    static List<Arguments> symmetrical() {
        return List.of(
                Arguments.of("'t' 01", true),
                Arguments.of("'t' 00", false),
                Arguments.of("'b' FF", (byte) -1),
                Arguments.of("'s' 8000", Short.MIN_VALUE),
                Arguments.of("'I' FFFFFFFE", -2),
                Arguments.of("'l' 8000000000000000", Long.MIN_VALUE),
                Arguments.of("'f' 3FC00000", 1.5f),
                Arguments.of("'d' 3FF8000000000000", 1.5d),
                Arguments.of("'D' 02 FFFFFF85", new BigDecimal("-1.23")),
                Arguments.of("'S' 00000003 E282AC", "\u20ac"),
                Arguments.of("'S' 00000002 C3 28", LongString.copyOf(new byte[] {(byte) 0xC3, 0x28})),
                Arguments.of("'x' 00000002 00 FF", new byte[] {0, -1}),
                Arguments.of("'T' 000000005E0BE100", Instant.parse("2020-01-01T00:00:00Z")),
                Arguments.of("'A' 00000003 't' 01 'V'", Arrays.asList(true, null)),
                Arguments.of("'A' 00000000", List.of()),
                Arguments.of("'F' 00000003 01 'n' 'V'", Collections.singletonMap("n", null)),
                Arguments.of("'F' 00000000", Map.of()));
    }

    /** Types that are only read. */
    static List<Arguments> readOnly() {
        return List.of(
                Arguments.of("'t' 02", true),
                Arguments.of("'B' FF", (short) 255),
                Arguments.of("'u' FFFF", 65535),
                Arguments.of("'i' FFFFFFFF", 4294967295L),
                Arguments.of("'L' FFFFFFFFFFFFFFFF", -1L),
                Arguments.of("'T' 7FFFFFFFFFFFFFFF", Long.MAX_VALUE));
    }

    @ParameterizedTest
    @MethodSource({"symmetrical", "readOnly"})
    void readsEveryFieldType_4_2_5_5(String value, Object expected) {
        assertThat(FieldTable.read(table("01 'k' " + value)).get("k")).isEqualTo(expected);
    }

    @Test
    void readsNothingAsNull() {
        assertThat(FieldTable.read(table("01 'k' 'V'"))).containsEntry("k", null);
    }

    @ParameterizedTest
    @MethodSource("symmetrical")
    void writesValuesAsRabbitMqsClientsReadThem(String octets, Object value) {
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, Map.of("k", value));

        assertThat(out).isEqualTo(table("01 'k' " + octets));
    }

    @Test
    void keepsTheOrderOfTheWire() {
        assertThat(FieldTable.read(table("01 'z' 't' 00  01 'a' 't' 00  01 'm' 't' 00"))
                        .keySet())
                .containsExactly("z", "a", "m");
    }

    @Test
    void givesADoubleNameItsLastValue() {
        assertThat(FieldTable.read(table("01 'a' 'b' 01  01 'a' 'b' 02"))).isEqualTo(Map.of("a", (byte) 2));
    }

    @Test
    void readsEntriesWithoutALength_asInAmqplain() {
        assertThat(FieldTable.readEntries(Octets.of("05 'LOGIN' 'S' 00000001 'u'  08 'PASSWORD' 'S' 00000001 'p'")))
                .isEqualTo(Map.of("LOGIN", "u", "PASSWORD", "p"));
    }

    @Test
    void writesADecimalWithoutFractionAtScaleZero() {
        ByteBuf out = Unpooled.buffer();
        FieldTable.write(out, Map.of("k", new BigDecimal("1E+3")));

        assertThat(out).isEqualTo(table("01 'k' 'D' 00 000003E8"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000001",
                "FFFFFFFF 01 'k' 't' 00",
                "80000000 01 'k' 't' 00",
                "00000005 01 'k' 't' 00",
                "00000003 01 'k' 't' 00",
                "00000001 01 'k' 't' 00",
                "00000002 01 'k' 't' 00",
                "00000008 01 'k' 'S' 00000002 'a'",
                "00000007 01 'k' 'S' 00000001 'a'",
                "00000008 01 'k' 'S' FFFFFFFF 'a'",
                "00000008 01 'k' 'x' 7FFFFFFF 'a'",
                "00000008 01 'k' 'A' 00000002 't' 00",
                "00000007 01 'k' 'F' 00000001 01"
            })
    void refusesLengthsThatLie_501(String table) {
        ByteBuf in = Octets.of(table);

        assertRefused(in, ReplyCode.FRAME_ERROR);
    }

    @ParameterizedTest
    @ValueSource(strings = {"01 'k' 'z'", "01 'k' 00", "01 'k' 'U' 0000", "01 FF 't' 00"})
    void refusesUnknownTypesAndNamesThatAreNotUtf8_502(String entries) {
        assertRefused(table(entries), ReplyCode.SYNTAX_ERROR);
    }

    @Test
    void takes128LevelsAndRefusesOneMore_502() {
        assertThat(depthOf(FieldTable.read(nested(128)))).isEqualTo(128);
        assertRefused(nested(129), ReplyCode.SYNTAX_ERROR);
    }

    @Test
    void refusesToWriteWhatCannotBeRead() {
        assertUnwritable(new Object());
        assertUnwritable(new BigDecimal("12345678901"));
        assertUnwritable(new BigDecimal("1E-256"));
        assertUnwritable(Map.of(1, 2));
        assertUnwritable(Map.of("n".repeat(256), 2));
        List<Object> itself = new ArrayList<>();
        itself.add(itself);
        assertUnwritable(itself);
    }

    private static void assertUnwritable(Object value) {
        assertThatIllegalArgumentException().isThrownBy(() -> FieldTable.write(Unpooled.buffer(), Map.of("k", value)));
    }

    /** Both ways through a table have to agree. */
    private static void assertRefused(ByteBuf in, ReplyCode code) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> FieldTable.validate(in, 0, in.writerIndex()))
                .returns(code, MalformedFrameException::replyCode);
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> FieldTable.read(in))
                .returns(code, MalformedFrameException::replyCode);
    }

    private static ByteBuf table(String entries) {
        ByteBuf content = Octets.of(entries);
        return Unpooled.buffer().writeInt(content.readableBytes()).writeBytes(content);
    }

    /** A table in a table in a table. */
    static ByteBuf nested(int levels) {
        ByteBuf out = Unpooled.buffer();
        int entryHead = 3;
        for (int level = 1; level < levels; level++) {
            out.writeInt((levels - level) * (Integer.BYTES + entryHead));
            out.writeByte(1).writeByte('k').writeByte('F');
        }
        return out.writeInt(0);
    }

    private static int depthOf(Object table) {
        int depth = 0;
        for (Object level = table; level instanceof Map<?, ?> map; level = map.get("k")) {
            depth++;
        }
        return depth;
    }
}
