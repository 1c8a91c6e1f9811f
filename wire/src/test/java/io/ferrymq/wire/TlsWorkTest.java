package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a client can make TLS do is bounded and has its turns, as all else that is read. */
class TlsWorkTest {
    private final RecordingProtocol protocol = new RecordingProtocol("P");
    private final TestCertificates server = TestCertificates.selfSigned("localhost");
    private final EmbeddedConnection wire;

    TlsWorkTest(@TempDir Path dir) throws Exception {
        TlsContext tls = TlsContext.load(TlsOptions.server(
                server.writeCertificate(dir.resolve("server.pem")), server.writeKey(dir.resolve("server.key"))));
        wire = EmbeddedConnection.encrypted(tls, protocol);
    }

    @AfterEach
    void disconnect() {
        wire.close();
    }

    private EncryptedClient client(SSLParameters parameters) throws Exception {
        return new EncryptedClient(wire, TestCertificates.client(server), parameters);
    }

    private EncryptedClient client() throws Exception {
        return client(EncryptedClient.version("TLSv1.3"));
    }

    @Test
    void noMoreIsDecryptedThanTheProtocolMayBeGiven() throws Exception {
        int count = 5_000;
        EncryptedClient client = client().handshake();
        wire.receive(client.records(count, "#\n"));
        assertThat(protocol.only().lines).hasSize(count);
        assertThat(protocol.only().goes)
                .as("one for each record, none decrypted ahead")
                .isEqualTo(count);
        wire.receive(client.record("a\n"));
        assertThat(protocol.only().lines).last().isEqualTo("a");
    }

    @Test
    void nothingIsDecryptedDuringAPauseAndAllOfItAfterwards() throws Exception {
        EncryptedClient client = client().handshake();
        wire.receive(client.record("pause\n"));
        wire.receive(client.records(10, "#\n"));
        assertThat(protocol.only().lines).hasSize(1);
        wire.connection().resumeReading();
        wire.runTasks();
        assertThat(protocol.only().lines).hasSize(11);
    }

    @Test
    void goesOnWithWhatItHasWhenThereIsMemoryAgain() throws Exception {
        EncryptedClient client = client().handshake();
        wire.holdUp();
        wire.receive(client.records(10, "#\n"));
        assertThat(protocol.only().lines).isEmpty();
        wire.relieve();
        assertThat(protocol.only().lines).hasSize(10);
    }

    @Test
    void aHandshakeWaitsForATurnThatHasRoomForIt() throws Exception {
        EncryptedClient client = client();
        byte[] hello = client.renewal();
        wire.inOneTurn(() -> {
            wire.connection().spend(ReadBudget.UNITS);
            wire.arrive(hello);
            assertThat(wire.hasSent()).isFalse();
            assertThat(wire.connection().isReadingPaused()).isTrue();
        });
        assertThat(wire.hasSent()).isTrue();
        assertThat(wire.connection().isReadingPaused()).isFalse();
    }

    @Test
    void updatesOfKeysAreTakenUpToANumberAndThenEndTheConnection() throws Exception {
        EncryptedClient client = client().handshake();
        for (int i = 0; i < CountedSslHandler.WITHOUT_DATA_MAX; i++) {
            wire.receive(client.renewal());
        }
        wire.receive(client.record("a\n"));
        assertThat(protocol.only().lines).containsExactly("a");
        wire.receive(client.renewal());
        assertThat(wire.isClosed()).isTrue();
    }

    @Test
    void dataPermitsMoreUpdatesOfKeys() throws Exception {
        EncryptedClient client = client().handshake();
        for (int i = 0; i < 3 * CountedSslHandler.WITHOUT_DATA_MAX; i++) {
            wire.receive(client.renewal());
            wire.receive(client.records(2, "#".repeat(10_000) + "\n"));
        }
        assertThat(wire.isClosed()).isFalse();
    }

    @Test
    void anotherHandshakeEndsTheConnection() throws Exception {
        EncryptedClient client = client(EncryptedClient.version("TLSv1.2")).handshake();
        wire.receive(client.record("a\n"));
        assertThat(protocol.only().lines).containsExactly("a");
        wire.sent();
        wire.receive(client.renewal());
        assertThat(wire.isClosed()).isTrue();
        assertThat(wire.sent()).isEmpty();
    }

    @Test
    void agreesOnNoGroupThatTakesLong() throws Exception {
        SSLParameters slow = EncryptedClient.version("TLSv1.3");
        slow.setNamedGroups(new String[] {"ffdhe4096", "ffdhe2048"});
        EncryptedClient client = client(slow);
        assertThatThrownBy(client::handshake).isInstanceOf(SSLException.class);
        assertThat(wire.isClosed()).isTrue();
    }

    @Test
    void showsOnlyTheFirstOctetsOfWhatIsNoTls() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(ConnectionHandler.class);
        lines.start();
        logger.addAppender(lines);
        try {
            wire.receive("strangers ".repeat(5_000).getBytes(UTF_8));
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(List.copyOf(lines.list))
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.endsWith("not an SSL/TLS record: 737472616e676572"));
        assertThat(wire.isClosed()).isTrue();
    }

    @Test
    void whoAsksToReadDuringAPauseIsNotHeard() {
        List<String> reads = new ArrayList<>();
        EmbeddedChannel channel = new EmbeddedChannel(
                new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void read(ChannelHandlerContext context) {
                        reads.add("read");
                    }
                },
                PausedReads.INSTANCE);
        reads.clear();
        channel.config().setAutoRead(false);
        channel.read();
        assertThat(reads).isEmpty();
        channel.config().setAutoRead(true);
        assertThat(reads).hasSize(1);
        channel.finishAndReleaseAll();
    }
}
