package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PropertyEditorTest {
    @Test
    void writesAnUntouchedListOctetForOctet() {
        assertThat(written(edit(BasicPropertiesTest.EVERYTHING))).isEqualTo(Octets.of(BasicPropertiesTest.EVERYTHING));
    }

    @Test
    void deadLettersAMessage_withoutExpirationAndWithMoreHeaders() {
        PropertyEditor editor = edit("""
                2100                ; flags: headers, expiration
                00000007            ; headers: 7 octets
                01 'k' 'i' FFFFFFFF ; a type that we would write as another
                03 '500'            ; expiration
                """);

        assertThat(written(editor.remove(BasicProperty.EXPIRATION).header("x-death", "once")))
                .isEqualTo(Octets.of("""
                        2000                ; flags: headers
                        00000018            ; headers: 24 octets
                        01 'k' 'i' FFFFFFFF ; untouched
                        07 'x-death' 'S' 00000004 'once'
                        """));
    }

    @Test
    void replacesAddsAndRemovesProperties() {
        PropertyEditor editor = edit("0A00 01 01 'r'") // priority 1, reply-to r
                .priority(255)
                .text(BasicProperty.REPLY_TO, "elsewhere")
                .deliveryMode(2)
                .timestampSeconds(1)
                .text(BasicProperty.USER_ID, "u")
                .remove(BasicProperty.USER_ID);

        assertThat(written(editor)).isEqualTo(Octets.of("1A40 02 FF 09 'elsewhere' 0000000000000001"));
    }

    @Test
    void takesSingleHeadersAwayAndKeepsTheRest() {
        PropertyEditor editor = edit("2000 0000000C  01 'a' 't' 01  01 'b' 't' 00  01 'a' 't' 00");

        assertThat(written(editor.removeHeader("a"))).isEqualTo(Octets.of("2000 00000004 01 'b' 't' 00"));
    }

    @Test
    void putsAReplacedHeaderBehindTheOthers() {
        PropertyEditor editor = edit("2000 00000008  01 'a' 't' 01  01 'b' 't' 00");

        assertThat(written(editor.header("a", null))).isEqualTo(Octets.of("2000 00000007 01 'b' 't' 00  01 'a' 'V'"));
    }

    @Test
    void replacesAllHeadersAndEditsTheNewOnes() {
        PropertyEditor editor = edit("2000 00000004 01 'a' 't' 01")
                .header("forgotten", 1)
                .headers(Map.of("n", true))
                .header("m", false);

        assertThat(written(editor)).isEqualTo(Octets.of("2000 00000008 01 'n' 't' 01 01 'm' 't' 00"));
    }

    @Test
    void makesHeadersWhereThereWereNone() {
        assertThat(written(PropertyEditor.empty().removeHeader("a"))).isEqualTo(BasicProperties.NONE);
        assertThat(written(PropertyEditor.empty().header("a", true)))
                .isEqualTo(Octets.of("2000 00000004 01 'a' 't' 01"));
    }

    @Test
    void removesAllHeaders() {
        PropertyEditor editor =
                edit("2000 00000004 01 'a' 't' 01").header("b", 1).remove(BasicProperty.HEADERS);

        assertThat(written(editor)).isEqualTo(BasicProperties.NONE);
    }

    @Test
    void dropsEmptyFlagWords() {
        assertThat(written(edit("0801 0000 09"))).isEqualTo(Octets.of("0800 09"));
    }

    @Test
    void refusesAValueWithoutRoom() {
        PropertyEditor editor = PropertyEditor.empty();

        assertThatIllegalArgumentException().isThrownBy(() -> editor.priority(256));
        assertThatIllegalArgumentException().isThrownBy(() -> editor.text(BasicProperty.TYPE, "\u00e4".repeat(128)));
        assertThatIllegalArgumentException().isThrownBy(() -> editor.text(BasicProperty.PRIORITY, "1"));
        assertThat(written(editor)).isEqualTo(BasicProperties.NONE);
    }

    private static PropertyEditor edit(String annotated) {
        return PropertyEditor.of(BasicPropertiesTest.validated(annotated));
    }

    private static ByteBuf written(PropertyEditor editor) {
        ByteBuf out = Unpooled.buffer();
        editor.write(out);
        BasicProperties.validate(out, 0, out.readableBytes());
        return out;
    }
}
