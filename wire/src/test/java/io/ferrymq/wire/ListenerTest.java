package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class ListenerTest extends SocketFixture {
    ListenerTest(IoBackend backend) throws ListenerException {
        super(backend, 100);
    }

    @Test
    void saysThatAPortIsInUse() {
        assertThatThrownBy(() -> listen("127.0.0.1", listener.port()))
                .isInstanceOf(ListenerException.class)
                .hasMessage("cannot listen on 127.0.0.1:%d: the port is in use", listener.port());
    }

    @Test
    void looksWhetherAPortIsFreeWithoutTakingIt() throws Exception {
        ListenerOptions taken = ListenerOptions.at("127.0.0.1", listener.port());
        assertThatThrownBy(() -> Listener.requireFree(taken)).isInstanceOf(ListenerException.class);
        ListenerOptions free = ListenerOptions.at(ListenerOptions.EVERY_ADDRESS, freePort());
        Listener.requireFree(free);
        listen(free.host(), free.port()).close();
        Listener.requireFree(free);
    }

    @Test
    void saysThatAHostIsUnknown() {
        assertThatThrownBy(() -> listen("no-such-host.invalid", 0))
                .isInstanceOf(ListenerException.class)
                .hasMessage("cannot listen on no-such-host.invalid:0: the host is unknown");
    }

    @Test
    void saysThatAnAddressIsNotOfThisMachine() {
        assertThatThrownBy(() -> listen("192.0.2.1", 0))
                .isInstanceOf(ListenerException.class)
                .hasMessage("cannot listen on 192.0.2.1:0: this machine does not have that address");
    }

    @Test
    void seesAnIPv4PeerOfAListenerForEveryAddressInItsOwnForm() throws Exception {
        try (Listener every = listen(ListenerOptions.EVERY_ADDRESS, 0);
                Peer peer = Peer.of(every)) {
            peer.send("a\n").read(3);
            assertThat(protocol.only().connection.remoteAddress().getAddress().isLoopbackAddress())
                    .isTrue();
            assertThat(protocol.only().connection.remoteAddress().getHostString())
                    .isEqualTo("127.0.0.1");
            assertThat(protocol.only().connection.localAddress().getPort()).isEqualTo(every.port());
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private Listener listen(String host, int port) throws ListenerException {
        return transport.listen(ListenerOptions.at(host, port), List.of(protocol));
    }
}
