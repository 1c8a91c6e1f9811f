package io.ferrymq.wire;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class TlsTest extends SocketFixture {
    private final TestCertificates server = TestCertificates.selfSigned("localhost");
    private final TestCertificates client = TestCertificates.selfSigned("somebody");

    private final TlsOptions files;
    private final Path trusted;

    TlsTest(IoBackend backend, @TempDir Path dir) throws Exception {
        super(backend, 100);
        files = TlsOptions.server(
                server.writeCertificate(dir.resolve("server.pem")), server.writeKey(dir.resolve("server.key")));
        trusted = client.writeCertificate(dir.resolve("ca.pem"));
    }

    @Test
    void servesAnEncryptedConnectionAcrossManyRecords() throws Exception {
        String line = "x".repeat(300_000);
        try (Peer peer = connect(listen(files), TestCertificates.client(server))) {
            assertThat(peer.send(line + "\na\n").read(line.length() + 5)).isEqualTo("<" + line + "><a>");
            assertThat(protocol.only().connection.isTls()).isTrue();
            assertThat(protocol.only().connection.peerCertificate()).isEmpty();
            assertThat(peer.send("bye\nunread\n").readToEnd()).isEqualTo("see you");
        }
    }

    @Test
    void knowsTheClientsCertificate() throws Exception {
        Listener tls = listen(files.withClients(ClientVerification.REQUIRE, trusted));
        try (Peer peer = connect(tls, client.clientTrusting(server))) {
            peer.send("a\n").read(3);
            assertThat(protocol.only().connection.peerCertificate()).contains(client.certificate());
        }
    }

    @Test
    void letsAClientInWithoutACertificateWhenItIsOnlyRequested() throws Exception {
        Listener tls = listen(files.withClients(ClientVerification.REQUEST, trusted));
        try (Peer peer = connect(tls, TestCertificates.client(server))) {
            assertThat(peer.send("a\n").read(3)).isEqualTo("<a>");
            assertThat(protocol.only().connection.peerCertificate()).isEmpty();
        }
    }

    @Test
    void keepsAClientOutWithoutATrustedCertificate() throws Exception {
        Listener tls = listen(files.withClients(ClientVerification.REQUIRE, trusted));
        assertRefused(tls, TestCertificates.client(server));
        assertRefused(tls, server.clientTrusting(server));
        assertThat(protocol.sessions).isEmpty();
    }

    @Test
    void closesAConnectionThatDoesNotBeginTls() throws Exception {
        Listener tls = listen(files);
        try (Peer plain = Peer.of(tls)) {
            plain.send("this is not TLS\n").readToEnd();
        }
        assertThat(protocol.sessions).isEmpty();
    }

    @Test
    void countsARecordThatHasNotArrivedInFullAndWhatTheEngineTakes() throws Exception {
        Listener tls = listen(files);
        byte[] beginning = new byte[8_000];
        System.arraycopy(new byte[] {0x16, 3, 1, 0x40, 0, 1, 0, 0x3F, (byte) 0xFC}, 0, beginning, 0, 9);
        try (Peer half = Peer.of(tls)) {
            half.send(beginning);
            await().until(() -> transport.buffers().bytes() >= beginning.length);
            assertThat(transport.objects().bytes()).isEqualTo(ConnectionMemory.ENCRYPTED_OBJECT_BYTES);
        }
        await().until(() -> transport.connectionCount() == 0);
        assertThat(transport.heldBytes()).isZero();
        assertThat(transport.objects().bytes()).isZero();
    }

    @Test
    void closesAConnectionWhoseHandshakeTakesTooLong() throws Exception {
        ListenerOptions options = ListenerOptions.at("127.0.0.1", 0).withHandshakeTimeoutMillis(50);
        Listener tls = transport.listenTls(options, TlsContext.load(files), List.of(protocol));
        try (Peer silent = Peer.of(tls)) {
            await().atMost(ofMinutes(1)).until(() -> transport.connectionCount() == 0);
            assertThat(silent.isEnded()).isTrue();
        }
    }

    @Test
    void refusesAKeyThatIsNotTheCertificates(@TempDir Path dir) throws Exception {
        Path foreign = client.writeKey(dir.resolve("foreign.key"));
        assertThatThrownBy(() -> TlsContext.load(TlsOptions.server(files.certificate(), foreign)))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining(foreign + " does not belong to the certificate " + files.certificate());
    }

    @Test
    void saysWhenACertificateIsNotValidOrSoonWillNotBe() throws Exception {
        TlsContext tls = TlsContext.load(files); // For a day.
        Instant now = Instant.now();
        assertThat(tls.complaint(now)).get().asString().contains("expires at");
        assertThat(tls.complaint(now.plus(Duration.ofDays(2)))).get().asString().contains("has expired at");
        assertThat(tls.complaint(now.minus(Duration.ofDays(2))))
                .get()
                .asString()
                .contains("is not valid before");
        assertThat(tls.complaint(now.minus(Duration.ofDays(20)))).isPresent();
    }

    @Test
    void saysWhichFileIsMissing() {
        Path missing = Path.of("/nowhere/server.pem");
        assertThatThrownBy(() -> TlsContext.load(TlsOptions.server(missing, files.key())))
                .isInstanceOf(TlsException.class)
                .hasMessage("cannot read the TLS certificate file /nowhere/server.pem");
    }

    @Test
    void saysWhichFileIsNotWhatItShouldBe(@TempDir Path dir) throws IOException {
        Path text = Files.writeString(dir.resolve("text"), "hello");
        assertThatThrownBy(() -> TlsContext.load(TlsOptions.server(text, files.key())))
                .hasMessageContaining(text.toString())
                .hasMessageContaining("certificate");
        assertThatThrownBy(() -> TlsContext.load(TlsOptions.server(files.certificate(), text)))
                .hasMessageStartingWith(text + " is not an unencrypted PEM private key");
    }

    private Listener listen(TlsOptions options) throws Exception {
        return transport.listenTls(ListenerOptions.at("127.0.0.1", 0), TlsContext.load(options), List.of(protocol));
    }

    private static Peer connect(Listener tls, SSLContext context) throws IOException {
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", tls.port());
        Peer peer = new Peer(socket);
        socket.startHandshake();
        return peer;
    }

    private static void assertRefused(Listener tls, SSLContext context) {
        // In TLS 1.3 the client learns of the refusal only when it reads.
        assertThatThrownBy(() -> {
                    try (Peer peer = connect(tls, context)) {
                        peer.send("a\n").read(3);
                    }
                })
                .isInstanceOf(IOException.class);
    }
}
