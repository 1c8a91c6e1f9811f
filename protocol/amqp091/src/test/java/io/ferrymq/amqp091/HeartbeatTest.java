package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.FrameWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Signs of life (clause 4.2.7). */
class HeartbeatTest {
    private final TestClient client =
            TestClient.running(Amqp091Options.standard().withHeartbeatSeconds(10));

    private void beat() {
        ByteBuf frame = Unpooled.buffer();
        FrameWriter.writeHeartbeat(frame);
        client.sendBytes(frame);
    }

    @AfterEach
    void disconnect() {
        client.close();
    }

    @Test
    void beatsTwiceInAnInterval() {
        client.wire.advanceMillis(5_000);
        assertThat(client.take()).containsExactly("heartbeat");
        client.wire.advanceMillis(5_000);
        assertThat(client.take()).containsExactly("heartbeat");
    }

    @Test
    void dropsAPeerThatIsSilentForTwoIntervals() {
        advanceSeconds(20);
        assertThat(client.wire.isClosed()).isFalse();
        advanceSeconds(5);
        assertThat(client.wire.isClosed()).isTrue();
        assertThat(client.link.closed).isTrue();
    }

    @Test
    void keepsAPeerThatBeats() {
        for (int i = 0; i < 10; i++) {
            advanceSeconds(10);
            beat();
        }
        assertThat(client.wire.isClosed()).isFalse();
    }

    @Test
    void keepsAPeerThatItDoesNotRead() {
        client.link.congested = true;
        client.publish("k", "b");
        advanceSeconds(100);
        assertThat(client.wire.isClosed()).isFalse();
        client.link.listener.relieved();
        advanceSeconds(25);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void keepsAPeerThatIsNotReadWhileMemoryIsExhausted() {
        client.wire.holdUp();
        advanceSeconds(100);
        assertThat(client.wire.isClosed()).isFalse();
        client.wire.relieve();
        advanceSeconds(20);
        assertThat(client.wire.isClosed()).isFalse();
        advanceSeconds(5);
        assertThat(client.wire.isClosed()).isTrue();
    }

    @Test
    void doesNotBeatWhenNotAgreed() {
        TestClient quiet = TestClient.running(Amqp091Options.standard().withHeartbeatSeconds(0));
        quiet.wire.advanceMillis(1_000_000);
        assertThat(quiet.take()).isEmpty();
        assertThat(quiet.wire.isClosed()).isFalse();
    }

    private void advanceSeconds(int seconds) {
        for (int i = 0; i < seconds; i++) {
            client.wire.advanceMillis(1_000);
        }
    }
}
