package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentWriterTest {
    private static final int BIG_FRAME = 40_000;

    @Test
    void writesAHeaderAndTheBodyInFramesOfAtMostFrameMax_4_2_6() {
        ByteBuf out = Unpooled.buffer();
        ByteBuf properties = Octets.of("1000 02");
        new ContentWriter(12).write(out, 258, properties, Octets.of("'abcdefghi'"));

        assertThat(out).isEqualTo(Octets.of("""
                02 0102 0000000F      ; a header frame
                003C 0000             ; class basic, weight
                0000000000000009      ; body size
                1000 02               ; persistent
                CE
                03 0102 00000004 'abcd' CE
                03 0102 00000004 'efgh' CE
                03 0102 00000001 'i' CE
                """));
        assertThat(properties.readableBytes()).isEqualTo(3);
    }

    @Test
    void writesNoBodyFrameForAnEmptyBody_4_2_6_2() {
        ByteBuf out = Unpooled.buffer();
        new ContentWriter(4096).write(out, 1, BasicProperties.NONE, Unpooled.EMPTY_BUFFER);

        assertThat(out).isEqualTo(Octets.of("02 0001 0000000E 003C 0000 0000000000000000 0000 CE"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4, 5, 8, 9, 100})
    void knowsItsLength(int bodyLength) {
        ContentWriter writer = new ContentWriter(12);
        ByteBuf out = Unpooled.buffer();
        writer.write(out, 1, BasicProperties.NONE, body(bodyLength));

        assertThat(writer.length(2, bodyLength)).isEqualTo(out.readableBytes());
    }

    @Test
    void takesTheLimitOfTuning() {
        ContentWriter writer = new ContentWriter(12);
        writer.frameMax(13);

        assertThat(writer.length(2, 10)).isEqualTo(22 + 10 + 2 * Frame.OVERHEAD);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16_383, 16_384, 39_992, 39_993, 79_984, 100_000})
    void putsTheSameOctetsIntoASinkAsIntoABuffer(int bodyLength) {
        ContentWriter writer = new ContentWriter(BIG_FRAME);
        ByteBuf body = body(bodyLength);
        ByteBuf copied = Unpooled.buffer();
        JoiningSink sink = new JoiningSink();
        writer.write(copied, 1, BasicProperties.NONE, body);
        writer.write(sink, 1, BasicProperties.NONE, body);

        assertThat(sink.joined()).isEqualTo(copied);
        assertThat(body.refCnt()).isEqualTo(1);
        assertThat(body.readableBytes()).isEqualTo(bodyLength);
    }

    @Test
    void handsLongPartsToASinkByReferenceAndCopiesShortOnes() {
        JoiningSink sink = new JoiningSink();
        new ContentWriter(BIG_FRAME).write(sink, 1, BasicProperties.NONE, body(2 * 39_992 + 100));

        assertThat(sink.slices()).isEqualTo(2);
    }

    private static ByteBuf body(int length) {
        ByteBuf body = Unpooled.buffer(length + 1).writeByte(0xFF);
        for (int i = 0; i < length; i++) {
            body.writeByte(i);
        }
        return body.skipBytes(1);
    }
}
