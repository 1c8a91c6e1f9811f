package io.ferrymq.wire;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;

class ConnectionLimitTest extends SocketFixture {
    ConnectionLimitTest() throws ListenerException {
        super(IoBackend.best(), 2);
    }

    @Test
    void closesWhatComesAboveTheLimitAndAcceptsAgainBelowIt() throws Exception {
        try (Peer first = Peer.of(listener)) {
            first.send("a\n").read(3);
            try (Peer second = Peer.of(listener);
                    Peer third = Peer.of(listener)) {
                second.send("a\n").read(3);
                assertThat(third.isEnded()).isTrue();
                assertThat(transport.connectionCount()).isEqualTo(2);
            }
            await().atMost(ofMinutes(1)).until(() -> transport.connectionCount() == 1);
            try (Peer again = Peer.of(listener)) {
                assertThat(again.send("b\n").read(3)).isEqualTo("<b>");
            }
        }
    }
}
