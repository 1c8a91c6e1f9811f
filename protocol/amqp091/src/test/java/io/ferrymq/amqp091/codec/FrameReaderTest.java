package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.FrameReader.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
    private static final String BODY_THEN_HEARTBEAT = """
        03        ; a body frame
        00 07     ; channel 7
        00 00 00 03
        'abc'
        CE
        08        ; a heartbeat
        00 00
        00 00 00 00
        CE
        """;

    private final FrameReader reader = new FrameReader(16);

    @Test
    void readsFramesOneAfterTheOther_4_2_3() {
        ByteBuf in = Octets.of(BODY_THEN_HEARTBEAT);

        assertThat(reader.next(in)).isEqualTo(Result.FRAME);
        assertThat(reader.type()).isEqualTo(Frame.BODY);
        assertThat(reader.channel()).isEqualTo(7);
        assertThat(payload(in)).isEqualTo("abc");
        assertThat(reader.next(in)).isEqualTo(Result.FRAME);
        assertThat(reader.type()).isEqualTo(Frame.HEARTBEAT);
        assertThat(reader.payloadLength()).isZero();
        assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void consumesNothingOfAFrameUntilItIsComplete_atEverySplit() {
        ByteBuf whole = Octets.of(BODY_THEN_HEARTBEAT);
        for (int first = 0; first < 11; first++) {
            ByteBuf in = Unpooled.buffer().writeBytes(whole, 0, first);
            assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
            assertThat(in.readerIndex()).isZero();
            assertThat(reader.missingBytes()).isBetween(1, 11 - first);

            in.writeBytes(whole, first, whole.readableBytes() - first);
            assertThat(reader.next(in)).isEqualTo(Result.FRAME);
            assertThat(payload(in)).isEqualTo("abc");
            assertThat(reader.next(in)).isEqualTo(Result.FRAME);
        }
    }

    @Test
    void asksForExactlyTheMissingOctetsOnceTheHeadIsThere() {
        ByteBuf in = Octets.of("03 0007 00000003 'a'");

        assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
        assertThat(reader.missingBytes()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "04", "05", "07", "09", "41", "FF"})
    void refusesAnUnknownTypeAtItsFirstOctet_4_2_3(String type) {
        assertThat(reader.next(Octets.of(type))).isEqualTo(Result.VIOLATION);
        assertThat(reader.violation().replyCode()).isEqualTo(ReplyCode.FRAME_ERROR);
    }

    @Test
    void refusesAWrongEndOctet_4_2_3() {
        assertThat(reader.next(Octets.of("03 0001 00000001 'a' CD"))).isEqualTo(Result.VIOLATION);
        assertThat(reader.violation().replyText()).isEqualTo("FRAME_ERROR - frame ends with octet 205 instead of 206");
    }

    @Test
    void takesAFrameOfExactlyFrameMaxOctets() {
        assertThat(reader.next(Octets.of("03 0001 00000008 '12345678' CE"))).isEqualTo(Result.FRAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000009", "7FFFFFFF", "80000000", "FFFFFFFF"})
    void refusesAnOversizedFrameAtItsHead(String length) {
        assertThat(reader.next(Octets.of("03 0001 " + length))).isEqualTo(Result.VIOLATION);
    }

    @Test
    void takesALongerFrameOnceTuningRaisedTheLimit() {
        reader.frameMax(17);

        assertThat(reader.next(Octets.of("03 0001 00000009 '123456789' CE"))).isEqualTo(Result.FRAME);
    }

    @Test
    void refusesAHeartbeatWithPayload_4_2_7() {
        assertThat(reader.next(Octets.of("08 0000 00000001 00 CE"))).isEqualTo(Result.VIOLATION);
    }

    @Test
    void takesALargeBodyFrameInPartsOfWhichNoneIsShort() {
        int length = FrameReader.PARTED_PAYLOAD_MIN;
        int part = FrameReader.PART_LENGTH_MIN;
        ByteBuf in = largeFrame(Frame.BODY).writeZero(part - 1);
        assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
        assertThat(reader.nextPart(in)).isFalse();

        assertThat(reader.next(in.writeByte(0))).isEqualTo(Result.NEED_MORE);
        assertThat(reader.nextPart(in)).isTrue();
        assertThat(reader.channel()).isEqualTo(7);
        assertThat(reader.payloadLength()).isEqualTo(part);
        assertThat(in.isReadable()).isFalse();

        assertThat(reader.next(in.writeZero(length - part))).isEqualTo(Result.NEED_MORE);
        assertThat(reader.missingBytes()).isEqualTo(1);
        assertThat(reader.nextPart(in)).isTrue();
        assertThat(reader.payloadLength()).isEqualTo(length - 2 * part);
        assertThat(in.readableBytes()).isEqualTo(part);
        assertThat(reader.nextPart(in)).isFalse();

        assertThat(reader.next(in.writeByte(Frame.END))).isEqualTo(Result.FRAME);
        assertThat(reader.type()).isEqualTo(Frame.BODY);
        assertThat(reader.payloadLength()).isEqualTo(part);
        assertThat(in.isReadable()).isFalse();
    }

    @Test
    void refusesAWrongEndOctetBehindParts_4_2_3() {
        ByteBuf in = largeFrame(Frame.BODY).writeZero(FrameReader.PARTED_PAYLOAD_MIN);
        assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
        assertThat(reader.nextPart(in)).isTrue();
        assertThat(reader.next(in.writeByte(0))).isEqualTo(Result.VIOLATION);
    }

    @Test
    void takesOnlyBodyFramesInParts() {
        ByteBuf in = largeFrame(Frame.METHOD).writeZero(FrameReader.PARTED_PAYLOAD_MIN);
        assertThat(reader.next(in)).isEqualTo(Result.NEED_MORE);
        assertThat(reader.nextPart(in)).isFalse();
    }

    /** The head of the shortest frame that is taken in parts. */
    private ByteBuf largeFrame(int type) {
        reader.frameMax(FrameReader.PARTED_PAYLOAD_MIN + Frame.OVERHEAD);
        return Unpooled.buffer().writeByte(type).writeShort(7).writeInt(FrameReader.PARTED_PAYLOAD_MIN);
    }

    private String payload(ByteBuf in) {
        return in.toString(reader.payloadOffset(), reader.payloadLength(), java.nio.charset.StandardCharsets.UTF_8);
    }
}
