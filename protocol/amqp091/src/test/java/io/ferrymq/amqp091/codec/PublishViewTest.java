package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.buffer.ByteBuf;
import org.junit.jupiter.api.Test;

class PublishViewTest {
    private static final String PUBLISH = """
            003C 0028      ; basic.publish
            0000           ; reserved: ticket
            05 'amq.x'     ; exchange
            03 'a.b'       ; routing key
            01             ; mandatory
            """;

    @Test
    void showsExchangeAndRoutingKeyInPlace_1_8_3_7() {
        ByteBuf in = Octets.of("FFFF").writeBytes(Octets.of(PUBLISH)).writeByte(0xCE);
        PublishView view = new PublishView().wrap(in, 2, in.readableBytes() - 3);

        assertThat(view.exchange()).isEqualTo("amq.x");
        assertThat(view.routingKey()).isEqualTo("a.b");
        assertThat(view.exchangeOffset()).isEqualTo(9);
        assertThat(view.exchangeLength()).isEqualTo(5);
        assertThat(view.routingKeyOffset()).isEqualTo(15);
        assertThat(view.routingKeyLength()).isEqualTo(3);
        assertThat(view.mandatory()).isTrue();
        assertThat(view.immediate()).isFalse();
        assertThat(in.slice(view.addressOffset(), view.addressLength())).isEqualTo(Octets.of("05 'amq.x' 03 'a.b'"));
    }

    @Test
    void takesOctetsThatAreNotUtf8AsARoutingKey() {
        ByteBuf in = Octets.of("003C 0028 0000 00 02 FF 00 02");
        PublishView view = new PublishView().wrap(in, 0, in.readableBytes());

        assertThat(view.routingKeyLength()).isEqualTo(2);
        assertThat(view.immediate()).isTrue();
    }

    @Test
    void refusesArgumentsCutAnywhereOrTooLong_501() {
        ByteBuf whole = Octets.of(PUBLISH).writeByte(0).writeByte(0);
        for (int length = Method.ID_LENGTH; length <= whole.readableBytes(); length++) {
            int cut = length;
            if (cut != whole.readableBytes() - 2) {
                assertThatExceptionOfType(MalformedFrameException.class)
                        .isThrownBy(() -> new PublishView().wrap(whole, 0, cut))
                        .returns(ReplyCode.FRAME_ERROR, MalformedFrameException::replyCode)
                        .returns(40, MalformedFrameException::methodId);
            }
        }
    }
}
