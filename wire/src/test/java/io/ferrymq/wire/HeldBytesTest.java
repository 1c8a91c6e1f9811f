package io.ferrymq.wire;

import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(IoBackend.class)
class HeldBytesTest {
    private static final int BUFFERS_MAX = 2 << 20;
    private static final int CONTENTS_MAX = 64 << 20;
    private static final int ALL_MAX = 65 << 20;
    private static final int IDLE_MILLIS_MAX = 50;
    private static final int OBJECTS_MAX = 600 << 10;
    private static final int BUFFER_BYTES = 64 << 10;

    private final RecordingProtocol protocol = new RecordingProtocol("P");
    private final Transport transport;
    private final Listener listener;
    private final List<Peer> peers = new ArrayList<>();

    HeldBytesTest(IoBackend backend) throws Exception {
        transport = Transport.open(
                new TransportOptions(1, 1_000, BUFFERS_MAX, CONTENTS_MAX, ALL_MAX, OBJECTS_MAX),
                backend,
                IDLE_MILLIS_MAX);
        listener = transport.listen(ListenerOptions.at("127.0.0.1", 0), List.of(protocol));
    }

    @AfterEach
    void stop() throws Exception {
        for (Peer peer : peers) {
            peer.close();
        }
        transport.close();
    }

    @Test
    void behindAFullSocketLittleBytesTakeLittleMemoryAndStayInOrder() throws Exception {
        Peer peer = stalledPeer();
        long filled = peer.read(3).length() + sent;
        onLane(connection -> {
            for (int i = 0; i < 1_000; i++) {
                ByteBuf roomy = connection.allocator().directBuffer(BUFFER_BYTES);
                connection.write(roomy.writeBytes("%04d".formatted(i).repeat(25).getBytes()));
                connection.flush();
            }
        });
        assertThat(transport.buffers().bytes()).isLessThan(1 << 20);
        assertThat(protocol.only().connection.heldBytes()).isGreaterThan(0);
        peer.read((int) (filled - 3));
        for (int i = 0; i < 1_000; i++) {
            assertThat(peer.read(100)).isEqualTo("%04d".formatted(i).repeat(25));
        }
        await().atMost(ofMinutes(1)).until(() -> transport.heldBytes() == 0);
    }

    @Test
    void memoryThatManyPeersKeepIsCountedOnceAndGivenBack() throws Exception {
        int messageBytes = 8 << 20;
        ByteBuf message = Unpooled.directBuffer(messageBytes).writeZero(messageBytes);
        for (int i = 0; i < 5; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("a\n").read(3);
        }
        for (RecordingProtocol.Session session : protocol.sessions) {
            onLane(session.connection, connection -> {
                for (int at = 0; at < messageBytes; at += 1 << 20) {
                    connection.write(message.retainedSlice(at, 1 << 20));
                }
                connection.flush();
            });
        }
        assertThat(transport.contents().bytes()).isBetween(1L, (long) messageBytes);
        for (Peer peer : peers) {
            peer.read(messageBytes);
        }
        await().atMost(ofMinutes(1)).until(() -> transport.heldBytes() == 0);
        onLane(connection -> message.release());
        assertThat(message.refCnt()).isZero();
    }

    @Test
    void whatIsPutTogetherFromPartsCountsByTheMemoryOfThese() throws Exception {
        Peer peer = stalledPeer();
        peer.read(3);
        int partBytes = 100 << 10;
        ByteBuf whole = Unpooled.directBuffer(8 << 20).writeZero(8 << 20);
        onLane(connection -> {
            connection.write(Unpooled.wrappedBuffer(
                    connection.allocator().directBuffer(16).writeZero(16), whole.retainedSlice(0, partBytes)));
            connection.flush();
        });
        assertThat(transport.contents().bytes()).isGreaterThanOrEqualTo(8 << 20);
        peer.read((int) sent + 16 + partBytes);
        await().until(() -> transport.contents().bytes() == 0);
        onLane(connection -> whole.release());
        assertThat(whole.refCnt()).isZero();
    }

    @Test
    void aLittleOfMuchMemoryIsCopiedThoughItIsPutTogetherWithMore() throws Exception {
        Peer peer = stalledPeer();
        peer.read(3);
        ByteBuf whole = Unpooled.directBuffer(256 << 10).writeZero(256 << 10);
        onLane(connection -> {
            connection.write(Unpooled.wrappedBuffer(
                    connection.allocator().directBuffer(16).writeZero(16), whole.retainedSlice(0, 16 << 10)));
            connection.flush();
        });
        assertThat(whole.refCnt()).isEqualTo(1);
        peer.read((int) sent + 16 + (16 << 10));
        onLane(connection -> whole.release());
    }

    @Test
    void endsThoseThatHoldUnfinishedFramesAndServesOthers() throws Exception {
        try (Peer healthy = Peer.of(listener);
                Peer modest = Peer.of(listener)) {
            healthy.send("a\n").read(3);
            modest.send("part");
            for (int i = 0; i < 60; i++) {
                peers.add(Peer.of(listener));
                peers.getLast().send("#".repeat(100_000));
            }
            assertThat(healthy.send("b\n").read(3)).isEqualTo("<b>");
            await().atMost(ofMinutes(1))
                    .until(() -> transport.connectionCount() < 40
                            && !transport.buffers().isExhausted());
            assertThat(healthy.send("c\n").read(3)).isEqualTo("<c>");
            assertThat(modest.send("ial\n").read(9)).isEqualTo("<partial>");
            Peer fresh = Peer.of(listener);
            peers.add(fresh);
            assertThat(fresh.send("d\n").read(3)).isEqualTo("<d>");
        }
    }

    @Test
    void whoeverItsProtocolMakesWaitIsNotToBlameForThat() throws Exception {
        int waiting = 5;
        for (int i = 0; i < waiting; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("#".repeat(100_000));
        }
        await().until(() -> protocol.sessions.size() == waiting
                && protocol.sessions.stream().allMatch(session -> session.connection.heldBytes() >= 100_000));
        for (RecordingProtocol.Session session : protocol.sessions) {
            onLane(session.connection, Connection::pauseReading);
        }
        for (int i = 0; i < 60; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("#".repeat(100_000));
        }
        await().atMost(ofMinutes(1))
                .until(() ->
                        transport.connectionCount() < 40 && !transport.buffers().isExhausted());
        for (int i = 0; i < waiting; i++) {
            assertThat(protocol.sessions.get(i).cause).isNull();
            onLane(protocol.sessions.get(i).connection, Connection::resumeReading);
            assertThat(peers.get(i).send("\nb\n").read(3)).isEqualTo("<b>");
        }
    }

    @Test
    void whoeverItsProtocolMakesWaitIsSparedWhileAnotherKeepsMemoryShort() throws Exception {
        peers.add(Peer.of(listener));
        peers.getLast().send("#".repeat(100_000));
        await().until(() ->
                !protocol.sessions.isEmpty() && protocol.only().connection.heldBytes() >= 100_000);
        RecordingProtocol.Session waiting = protocol.only();
        onLane(waiting.connection, Connection::pauseReading);
        peers.add(Peer.of(listener));
        peers.getLast().send("a\n").read(3);
        RecordingProtocol.Session growing = protocol.sessions.getLast();
        onLane(growing.connection, _ -> growing.hold(ALL_MAX / 8 * 7));
        AtomicInteger grown = new AtomicInteger();
        onLane(growing.connection, _ -> grow(growing, grown));
        await().atMost(ofMinutes(1)).until(() -> grown.get() > 4 * IDLE_MILLIS_MAX);
        assertThat(growing.cause).isNull();
        assertThat(waiting.cause).isNull();
    }

    /** A message that arrives, a byte each millisecond. */
    private static void grow(RecordingProtocol.Session session, AtomicInteger grown) {
        if (session.cause == null) {
            session.hold(1);
            grown.incrementAndGet();
            var _ = session.connection.schedule(1, () -> grow(session, grown));
        }
    }

    @Test
    void tellsWhoIsEndedWhy() throws Exception {
        Peer greedy = Peer.of(listener);
        peers.add(greedy);
        greedy.send("#".repeat(900_000));
        for (int i = 0; i < 3; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("#".repeat(400_000));
        }
        assertThat(greedy.readToEnd())
                .isEqualTo("over: unread and unsent bytes of all connections take more than " + BUFFERS_MAX + " bytes");
    }

    @Test
    void buffersInLineBehindAFullSocketCountAsObjectsUntilTheyAreTaken() throws Exception {
        Peer peer = stalledPeer();
        peer.read(3);
        ByteBuf message = Unpooled.directBuffer(8 << 10).writeZero(8 << 10);
        onLane(connection -> {
            for (int i = 0; i < 100; i++) {
                connection.write(message.retainedSlice(0, 8 << 10));
                connection.flush();
            }
        });
        assertThat(transport.objects().bytes()).isGreaterThan(100L * ConnectionMemory.PIECE_OBJECT_BYTES);
        peer.read((int) sent + 100 * (8 << 10));
        await().until(() -> transport.objects().bytes() == ConnectionMemory.PLAIN_OBJECT_BYTES);
        onLane(connection -> message.release());
    }

    @Test
    void closesNewConnectionsWhileThoseThereTakeTheirShareOfTheHeap() throws Exception {
        int room = OBJECTS_MAX / 4 * 3 / ConnectionMemory.PLAIN_OBJECT_BYTES;
        for (int i = 0; i < room; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("a\n").read(3);
        }
        try (Peer tooMany = Peer.of(listener)) {
            assertThat(tooMany.isEnded()).isTrue();
        }
        assertThat(peers.getLast().send("b\n").read(3)).isEqualTo("<b>");
        peers.removeFirst().close();
        await().until(() -> transport.connectionCount() < room);
        try (Peer again = Peer.of(listener)) {
            assertThat(again.send("c\n").read(3)).isEqualTo("<c>");
        }
    }

    @Test
    void endsThosePeersThatTakeNothingWhenTheirAnswersReachTheLimit() throws Exception {
        for (int i = 0; i < 20; i++) {
            stalledPeer();
        }
        for (RecordingProtocol.Session session : protocol.sessions) {
            onLane(session.connection, connection -> {
                connection.write(connection.allocator().directBuffer(256 << 10).writeZero(256 << 10));
                connection.flush();
            });
        }
        await().atMost(ofMinutes(1))
                .until(() ->
                        transport.connectionCount() < 20 && !transport.buffers().isExhausted());
        try (Peer healthy = Peer.of(listener)) {
            assertThat(healthy.send("b\n").read(3)).isEqualTo("<b>");
        }
    }

    @Test
    void endsThoseThatKeepMuchAndDoNothingWithItBelowEveryLimit() throws Exception {
        for (int i = 0; i < 4; i++) {
            peers.add(Peer.of(listener));
            peers.getLast().send("a\n").read(3);
        }
        hold(0, 35 << 20);
        hold(1, 20 << 20);
        hold(2, 1 << 20);
        assertThat(transport.contents().isExhausted()).isFalse();
        await().until(() -> transport.connectionCount() == 3);
        assertThat(protocol.sessions.get(0).cause).isNotNull();
        assertThat(peers.get(1).send("b\n").read(3)).isEqualTo("<b>");
        assertThat(peers.get(3).send("b\n").read(3)).isEqualTo("<b>");
    }

    @Test
    void bothKindsTogetherHaveALimit() throws Exception {
        peers.add(Peer.of(listener));
        peers.getLast().send("a\n").read(3);
        hold(0, CONTENTS_MAX - 1);
        assertThat(transport.contents().isExhausted()).isFalse();
        peers.add(Peer.of(listener));
        peers.getLast().send("#".repeat(1_100_000));
        await().until(() ->
                transport.connectionCount() < 2 && !transport.contents().isExhausted());
    }

    private long sent;

    /** A peer whose socket is full. */
    private Peer stalledPeer() throws Exception {
        Peer peer = Peer.of(listener);
        peers.add(peer);
        int before = protocol.sessions.size();
        peer.send("a\n");
        await().atMost(ofMinutes(1))
                .until(() -> protocol.sessions.size() > before || peers.size() == protocol.sessions.size());
        sent = 0;
        onLane(protocol.sessions.getLast().connection, connection -> {
            while (connection.pendingOutboundBytes() == 0) {
                connection.write(
                        connection.allocator().directBuffer(BUFFER_BYTES).writeZero(BUFFER_BYTES));
                connection.flush();
                sent += BUFFER_BYTES;
            }
        });
        return peer;
    }

    private void hold(int session, long bytes) {
        RecordingProtocol.Session holder = protocol.sessions.get(session);
        onLane(holder.connection, connection -> holder.hold(bytes));
    }

    private void onLane(Consumer<Connection> work) {
        onLane(protocol.only().connection, work);
    }

    private static void onLane(Connection connection, Consumer<Connection> work) {
        CompletableFuture.runAsync(() -> work.accept(connection), connection.lane())
                .join();
    }
}
