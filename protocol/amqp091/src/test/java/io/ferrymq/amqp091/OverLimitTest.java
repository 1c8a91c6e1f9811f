package io.ferrymq.amqp091;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.amqp091.codec.BasicMethod;
import io.ferrymq.amqp091.codec.BasicProperties;
import io.ferrymq.amqp091.codec.ConnectionMethod;
import io.ferrymq.amqp091.codec.TxMethod;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A connection that is ended because all together hold too much hears why, and gives back what it held. */
class OverLimitTest {
    private static final String WHY = "all connections take more than they may";
    private static final ConnectionMethod.Close CLOSE =
            new ConnectionMethod.Close(506, "RESOURCE_ERROR - " + WHY, 0, 0);

    private final TestClient client = TestClient.running();

    @AfterEach
    void disconnect() {
        client.close();
    }

    private void requireTold() {
        client.wire.endOverLimit(WHY);
        assertThat(client.take()).containsExactly(CLOSE);
        assertThat(client.wire.isClosed()).isTrue();
        assertThat(client.link.calls).contains("close");
        assertThat(client.wire.connection().heldBytes()).isZero();
        assertThat(client.escaped).isEmpty();
    }

    @Test
    void withAnUnfinishedFrame_506() {
        client.sendBytes(TestClient.bodyFrame(1, "x".repeat(1_000)).writerIndex(500));
        requireTold();
    }

    @Test
    void withAnUnfinishedBody_506() {
        client.sendBytes(TestClient.frame(1, new BasicMethod.Publish("ex", "k", false, false)));
        client.sendBytes(TestClient.headerFrame(1, BasicProperties.NONE, 100_000));
        client.sendBytes(TestClient.bodyFrame(1, "x".repeat(50_000)));
        assertThat(client.wire.connection().heldBytes()).isGreaterThan(50_000);
        requireTold();
    }

    @Test
    void withAnOpenTransaction_506() {
        client.send(1, new TxMethod.Select());
        client.publish("k", "x".repeat(50_000));
        client.take();
        assertThat(client.wire.connection().heldBytes()).isGreaterThan(50_000);
        requireTold();
    }

    @Test
    void beforeTheVirtualHostIsOpenItIsOnlyClosed() {
        try (TestClient stranger = TestClient.connected()) {
            stranger.sendHeader();
            stranger.take();
            stranger.wire.endOverLimit(WHY);
            assertThat(stranger.take()).isEmpty();
            assertThat(stranger.wire.isClosed()).isTrue();
        }
    }
}
