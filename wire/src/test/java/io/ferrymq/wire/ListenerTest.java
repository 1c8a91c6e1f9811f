package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
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

    @Test
    void listensOnBothFamiliesForEveryAddressAndOnIPv4AloneForItsOwn() throws Exception {
        try (Listener every = listen(ListenerOptions.EVERY_ADDRESS, 0);
                Listener ipv4 = listen("0.0.0.0", 0)) {
            assertThat(answers(ipv4(), every.port())).isTrue();
            assertThat(answers(ipv4(), ipv4.port())).isTrue();
            assertThat(answers(ipv6(), ipv4.port())).isFalse();
            assertThat(answers(ipv6(), every.port())).isEqualTo(hasIPv6());
        }
    }

    @Test
    void leavesTheSamePortOfTheOtherFamilyToOthers() throws Exception {
        Assumptions.assumeTrue(hasIPv6(), "this machine has no IPv6");
        try (Listener ipv4 = listen("0.0.0.0", 0);
                Listener ipv6 = listen("::1", ipv4.port())) {
            assertThat(answers(ipv4(), ipv4.port())).isTrue();
            assertThat(answers(ipv6(), ipv6.port())).isTrue();
        }
    }

    private static boolean hasIPv6() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(ipv6(), 0));
            return true;
        } catch (SocketException none) {
            return false;
        }
    }

    private static InetAddress ipv4() throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }

    private static InetAddress ipv6() throws IOException {
        byte[] octets = new byte[16];
        octets[15] = 1;
        return InetAddress.getByAddress(octets);
    }

    private static boolean answers(InetAddress host, int port) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            return socket.isConnected();
        } catch (SocketException refused) {
            return false;
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
