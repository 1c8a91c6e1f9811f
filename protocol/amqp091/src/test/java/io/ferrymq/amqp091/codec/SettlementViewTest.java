package io.ferrymq.amqp091.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.junit.jupiter.api.Test;

class SettlementViewTest {
    private static final List<Boolean> BOTH = List.of(false, true);

    private final SettlementView view = new SettlementView();

    @Test
    void showsWhatTheRecordsSay() {
        for (boolean first : BOTH) {
            wrap(new BasicMethod.Ack(-1, first));
            assertShows(-1, first, false);
            wrap(new BasicMethod.Reject(2, first));
            assertShows(2, false, first);
            for (boolean second : BOTH) {
                wrap(new BasicMethod.Nack(0, first, second));
                assertShows(0, first, second);
            }
        }
    }

    @Test
    void isForAckNackAndRejectOnly() {
        assertThatIllegalArgumentException().isThrownBy(() -> wrap(new BasicMethod.Recover(true)));
    }

    @Test
    void refusesArgumentsCutAnywhereOrTooLong_501() {
        ByteBuf whole = Octets.of("003C 0050 0000000000000001 01 00");
        for (int length : new int[] {4, 11, 12, 14}) {
            assertThatExceptionOfType(MalformedFrameException.class)
                    .isThrownBy(() -> view.wrap(whole, 0, length))
                    .returns(80, MalformedFrameException::methodId);
        }
    }

    private void wrap(Method method) {
        ByteBuf in = Unpooled.buffer().writeShort(-1);
        method.encode(in);
        view.wrap(in, 2, in.readableBytes() - 2);
        assertThat(view.id()).isEqualTo(method.id());
    }

    private void assertShows(long deliveryTag, boolean multiple, boolean requeue) {
        assertThat(view.deliveryTag()).isEqualTo(deliveryTag);
        assertThat(view.multiple()).isEqualTo(multiple);
        assertThat(view.requeue()).isEqualTo(requeue);
    }
}
