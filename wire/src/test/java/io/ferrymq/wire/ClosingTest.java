package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class ClosingTest extends SocketFixture {
    ClosingTest(IoBackend backend) throws ListenerException {
        super(backend, 100);
    }

    @Test
    void answersAcrossSplits() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            assertThat(peer.send("a\nb").read(3)).isEqualTo("<a>");
            assertThat(peer.send("c\n").read(4)).isEqualTo("<bc>");
        }
    }

    @Test
    void deliversTheLastBytesToAPeerThatStillSends() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.send("bye\n" + "more that nobody reads\n".repeat(10_000));
            assertThat(peer.readToEnd()).isEqualTo("see you");
        }
        await().until(() -> protocol.only().cause instanceof CloseCause.ByUs);
    }

    @Test
    void tellsThatThePeerEndedItsStream() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.socket.shutdownOutput();
            assertThat(peer.isEnded()).isTrue();
            await().until(() -> protocol.only().cause instanceof CloseCause.ByPeer);
        }
    }

    @Test
    void tellsThatThePeerHasReset() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.send("a\n").read(3);
            peer.reset();
            await().until(() -> protocol.only().cause != null);
            assertThat(protocol.only().cause).isInstanceOfAny(CloseCause.Failed.class, CloseCause.ByPeer.class);
        }
    }

    @Test
    void dropsAtOnceWhenToldSo() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            assertThat(peer.send("drop\n").isEnded()).isTrue();
            await().until(() -> protocol.only().cause instanceof CloseCause.ByUs);
        }
    }

    @Test
    void closesOnlyTheConnectionWhoseHandlerFails() throws Exception {
        try (Peer good = Peer.of(listener);
                Peer bad = Peer.of(listener)) {
            assertThat(good.send("a\n").read(3)).isEqualTo("<a>");
            assertThat(bad.send("fail\n").isEnded()).isTrue();
            assertThat(good.send("b\n").read(3)).isEqualTo("<b>");
        }
    }

    @Test
    void takesLeaveOfEveryPeerWhenTheBrokerStops() throws Exception {
        try (Peer first = Peer.of(listener);
                Peer second = Peer.of(listener)) {
            first.send("a\n").read(3);
            second.send("a\n").read(3);
            listener.close();
            transport.endConnections(100);
            assertThat(first.readToEnd()).isEqualTo("the broker stops");
            assertThat(second.readToEnd()).isEqualTo("the broker stops");
            assertThat(transport.connectionCount()).isZero();
        }
    }

    @Test
    void acceptsNothingOnceClosed() throws Exception {
        int port = listener.port();
        listener.close();
        assertThatThrownBy(() -> Peer.to("127.0.0.1", port)).isInstanceOf(ConnectException.class);
    }
}
