package io.ferrymq.wire;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class BackPressureTest extends SocketFixture {
    private static final int CHUNK_BYTES = 64 << 10;

    private volatile long pendingBytes; // Written on the lane, read by the test.

    BackPressureTest(IoBackend backend) throws ListenerException {
        super(backend, 100);
    }

    @Test
    void aPeerThatReadsNothingTurnsUnwritableAndHoldsUpNobody() throws Exception {
        try (Peer slow = Peer.of(listener);
                Peer quick = Peer.of(listener)) {
            slow.send("a\n").read(3);
            quick.send("a\n").read(3);
            RecordingProtocol.Session session = sessionOf(slow);
            int sentBytes = fill(session);
            assertThat(pendingBytes).isBetween(256L << 10, (256L << 10) + CHUNK_BYTES);
            assertThat(quick.send("b\n").read(3)).isEqualTo("<b>");

            assertThat(slow.read(sentBytes)).hasSize(sentBytes);
            await().atMost(ofMinutes(1)).until(() -> session.events.contains("writable"));
        }
    }

    @Test
    void aPausedConnectionHoldsUpItsSender() throws Exception {
        try (Peer peer = Peer.of(listener)) {
            peer.send("pause\n");
            await().atMost(ofMinutes(1)).until(() -> protocol.only().lines.contains("pause"));
            Thread sender = Thread.ofVirtual().start(() -> sendMuch(peer));
            await().atMost(ofMinutes(1)).until(() -> sender.getState() == Thread.State.WAITING || !sender.isAlive());
            assertThat(protocol.only().lines).containsExactly("pause");
            Connection connection = protocol.only().connection;
            connection.lane().execute(connection::resumeReading);
            await().atMost(ofMinutes(1)).until(() -> protocol.only().lines.contains("#the end"));
        }
    }

    /** Writes from the lane until the connection is unwritable; returns how many bytes that took. */
    private int fill(RecordingProtocol.Session session) throws InterruptedException {
        int[] sentBytes = new int[1];
        CountDownLatch full = new CountDownLatch(1);
        session.connection.lane().execute(() -> {
            while (session.connection.isWritable()) {
                session.connection.write(session.connection.allocator().buffer().writeZero(CHUNK_BYTES));
                session.connection.flush();
                sentBytes[0] += CHUNK_BYTES;
            }
            pendingBytes = session.connection.pendingOutboundBytes();
            full.countDown();
        });
        full.await();
        return sentBytes[0];
    }

    private static void sendMuch(Peer peer) {
        try {
            peer.send("#".repeat(100_000).concat("\n").repeat(100)).send("#the end\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RecordingProtocol.Session sessionOf(Peer peer) {
        return protocol.sessions.stream()
                .filter(session -> session.connection.remoteAddress().getPort() == peer.socket.getLocalPort())
                .findFirst()
                .orElseThrow();
    }
}
