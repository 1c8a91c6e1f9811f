package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContentHeaderTest {
    private static final String PERSISTENT = """
        003C              ; class basic
        0000              ; weight
        0000000100000000  ; body size: 4 GiB
        1000              ; flags: delivery mode
        02                ; persistent
        """;

    @Test
    void readsSizeAndProperties_4_2_6_1() {
        ByteBuf in = Octets.of("FFFFFF").writeBytes(Octets.of(PERSISTENT)).writeByte(0xFF);
        ContentHeader header = new ContentHeader().wrap(in, 3, in.readableBytes() - 4);

        assertThat(header.bodySize()).isEqualTo(1L << 32);
        assertThat(header.properties().isPersistent()).isTrue();
        assertThat(header.properties().offset()).isEqualTo(15);
        assertThat(header.properties().length()).isEqualTo(3);
    }

    @Test
    void takesTheLargestSize() {
        assertThat(wrap("003C 0000 7FFFFFFFFFFFFFFF 0000").bodySize()).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({
        "003C 0000 8000000000000000 0000, SYNTAX_ERROR",
        "003C 0000 FFFFFFFFFFFFFFFF 0000, SYNTAX_ERROR",
        "003C 0001 0000000000000000 0000, SYNTAX_ERROR",
        "000A 0000 0000000000000000 0000, UNEXPECTED_FRAME",
        "003C 0000 0000000000000000 0000 00, FRAME_ERROR"
    })
    void refusesValuesThatItMayNotHave(String header, ReplyCode code) {
        assertThatExceptionOfType(MalformedFrameException.class)
                .isThrownBy(() -> wrap(header))
                .returns(code, MalformedFrameException::replyCode);
    }

    @Test
    void refusesAHeaderCutAnywhere_501() {
        ByteBuf whole = Octets.of(PERSISTENT);
        for (int length = 0; length < whole.readableBytes(); length++) {
            int cut = length;
            assertThatExceptionOfType(MalformedFrameException.class)
                    .isThrownBy(() -> new ContentHeader().wrap(whole, 0, cut))
                    .returns(ReplyCode.FRAME_ERROR, MalformedFrameException::replyCode);
        }
    }

    private static ContentHeader wrap(String annotated) {
        ByteBuf in = Octets.of(annotated);
        return new ContentHeader().wrap(in, 0, in.readableBytes());
    }
}
