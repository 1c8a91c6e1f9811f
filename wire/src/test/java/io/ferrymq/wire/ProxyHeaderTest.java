package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol, versions 1 and 2. */
class ProxyHeaderTest extends SocketFixture {
    private static final HexFormat HEX = HexFormat.ofDelimiter(" ");
    private static final int V2_PREFIX_BYTES = 16;
    private static final String V2_SIGNATURE = "0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a ";

    @SuppressWarnings("NullAway.Init") // Assigned before each test.
    private Listener proxied;

    ProxyHeaderTest() throws ListenerException {
        super(IoBackend.best(), 100);
    }

    @BeforeEach
    void listen() throws ListenerException {
        ListenerOptions options = ListenerOptions.at("127.0.0.1", 0).withProxyHeader(ProxyHeader.REQUIRED);
        proxied = transport.listen(options, List.of(protocol));
    }

    @Test
    void takesTheAddressesFromAVersion1Header() throws Exception {
        try (Peer peer = Peer.of(proxied)) {
            assertThat(peer.send("PROXY TCP4 203.0.113.7 198.51.100.1 4711 5672\r\na\n")
                            .read(3))
                    .isEqualTo("<a>");
        }
        assertAddresses("203.0.113.7", 4711, "198.51.100.1", 5672);
    }

    @Test
    void takesTheAddressesFromAVersion2Header() throws Exception {
        byte[] header = HEX.parseHex(V2_SIGNATURE
                + "21 " // version 2, PROXY
                + "11 " // IPv4, stream
                + "00 0c " // twelve bytes of addresses follow
                + "cb 00 71 07 " // 203.0.113.7
                + "c6 33 64 01 " // 198.51.100.1
                + "12 67 " // 4711
                + "16 28"); // 5672
        try (Peer peer = Peer.of(proxied)) {
            assertThat(peer.send(header).send("a\n").read(3)).isEqualTo("<a>");
        }
        assertAddresses("203.0.113.7", 4711, "198.51.100.1", 5672);
    }

    @Test
    void keepsTheSocketsAddressesWhenTheProxyChecksItsHealth() throws Exception {
        byte[] header = HEX.parseHex(V2_SIGNATURE
                + "20 " // version 2, LOCAL
                + "00 " // unspecified
                + "00 00"); // no addresses
        try (Peer peer = Peer.of(proxied)) {
            assertThat(peer.send(header).send("a\n").read(3)).isEqualTo("<a>");
        }
        assertThat(protocol.only().connection.remoteAddress().getHostString()).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "localhost", "host.invalid"})
    void keepsTheSocketsAddressesWhenTheHeaderNamesPaths(String path) throws Exception {
        byte[] header = Arrays.copyOf(
                HEX.parseHex(V2_SIGNATURE
                        + "21 " // version 2, PROXY
                        + "31 " // local sockets, stream
                        + "00 d8"), // two paths of 108 octets follow
                V2_PREFIX_BYTES + 2 * 108);
        System.arraycopy(path.getBytes(US_ASCII), 0, header, V2_PREFIX_BYTES, path.length());
        System.arraycopy(path.getBytes(US_ASCII), 0, header, V2_PREFIX_BYTES + 108, path.length());
        try (Peer peer = Peer.of(proxied)) {
            assertThat(peer.send(header).send("a\n").read(3)).isEqualTo("<a>");
            assertAddresses("127.0.0.1", peer.socket.getLocalPort(), "127.0.0.1", proxied.port());
        }
    }

    @Test
    void anAddressThatIsNotKnownIsNotTheMachinesOwn() {
        assertThat(SocketAddresses.plain(InetSocketAddress.createUnresolved("localhost", 1))
                        .getAddress()
                        .isLoopbackAddress())
                .isFalse();
        assertThat(SocketAddresses.literal("localhost", 1)).isEmpty();
        assertThat(SocketAddresses.literal("::ffff:127.0.0.1", 1)).contains(new InetSocketAddress("127.0.0.1", 1));
    }

    @Test
    void countsABeginningThatWaitsForItsRest() throws Exception {
        try (Peer peer = Peer.of(proxied)) {
            peer.send("PRO");
            await().until(() -> transport.buffers().bytes() > 0);
            assertThat(peer.send("XY TCP4 203.0.113.7 198.51.100.1 4711 5672\r\na\n")
                            .read(3))
                    .isEqualTo("<a>");
            await().until(() -> transport.buffers().bytes() == 0);
        }
    }

    @Test
    void closesAConnectionWithoutAHeader() throws Exception {
        try (Peer peer = Peer.of(proxied)) {
            assertThat(peer.send("a\n".repeat(200)).isEnded()).isTrue();
        }
        assertThat(protocol.sessions).isEmpty();
    }

    private void assertAddresses(String source, int sourcePort, String destination, int destinationPort) {
        Connection connection = protocol.only().connection;
        assertThat(connection.remoteAddress()).isEqualTo(new InetSocketAddress(source, sourcePort));
        assertThat(connection.localAddress()).isEqualTo(new InetSocketAddress(destination, destinationPort));
    }
}
