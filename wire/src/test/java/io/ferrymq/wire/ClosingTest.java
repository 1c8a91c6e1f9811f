package io.ferrymq.wire;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class ClosingTest extends SocketFixture {
    private static final int ATTEMPTS_MAX = 10;

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
        await().atMost(ofMinutes(1)).until(() -> protocol.only().cause instanceof CloseCause.ByUs);
    }

    @Test
    void tellsThatThePeerEndedItsStream() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.socket.shutdownOutput();
            assertThat(peer.isEnded()).isTrue();
            await().atMost(ofMinutes(1)).until(() -> protocol.only().cause instanceof CloseCause.ByPeer);
        }
    }

    @Test
    void tellsThatThePeerHasReset() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.send("a\n").read(3);
            peer.reset();
            await().atMost(ofMinutes(1)).until(() -> protocol.only().cause != null);
            assertThat(protocol.only().cause).isInstanceOfAny(CloseCause.Failed.class, CloseCause.ByPeer.class);
        }
    }

    @Test
    void dropsAtOnceWhenToldSo() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            assertThat(peer.send("drop\n").isEnded()).isTrue();
            await().atMost(ofMinutes(1)).until(() -> protocol.only().cause instanceof CloseCause.ByUs);
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
        try (Socket holder = portOfAClosedListener()) {
            int port = holder.getLocalPort();
            assertThatThrownBy(() -> Peer.to("127.0.0.1", port)).isInstanceOf(ConnectException.class);
        }
        assertThat(protocol.sessions).isEmpty();
    }

    /**
     * A socket that is bound where a listener was just closed. Free ports are given to any program that asks for one, so
     * this one is held, or another one if somebody was quicker. A listener that is still there would not let it be bound.
     */
    private Socket portOfAClosedListener() throws ListenerException, IOException {
        for (int attempt = 1; ; attempt++) {
            Listener closed = transport.listen(ListenerOptions.at("127.0.0.1", 0), List.of(protocol));
            int port = closed.port();
            closed.close();
            Socket holder = new Socket();
            try {
                holder.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return holder;
            } catch (BindException taken) {
                holder.close();
                assertThat(attempt).as("ports that could not be bound again").isLessThan(ATTEMPTS_MAX);
            }
        }
    }
}
