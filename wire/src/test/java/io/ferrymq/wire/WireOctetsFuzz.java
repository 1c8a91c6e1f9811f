package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/**
 * The first bytes of a connection, which a fuzzer chooses: the protocol gets what follows them, whole and in order, or the
 * connection ends. The first octet says how the rest is split.
 */
class WireOctetsFuzz {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private static Path dir;

    private static @Nullable TlsContext tls;

    private static final ListenerOptions PROXIED =
            ListenerOptions.at("127.0.0.1", 5672).withProxyHeader(ProxyHeader.REQUIRED);

    /** A protocol that takes everything. */
    private static final class Sink implements ProtocolBinding, ByteHandler {
        private final ProtocolSelector selector;
        private final ByteBuf taken = Unpooled.buffer();
        private int opened;
        private int refused;
        private int closed;

        Sink(ProtocolSelector selector) {
            this.selector = selector;
        }

        @Override
        public String name() {
            return "sink";
        }

        @Override
        public ProtocolSelector selector() {
            return selector;
        }

        @Override
        public ByteHandler open(Connection connection) {
            opened++;
            return this;
        }

        @Override
        public void refuse(Connection connection) {
            refused++;
        }

        @Override
        public void received(ByteBuf bytes) {
            taken.writeBytes(bytes);
        }

        @Override
        public void shutdown() {}

        @Override
        public void closed(CloseCause cause) {
            closed++;
        }
    }

    @FuzzTest
    void aProxyHeaderIsReadOrEndsTheConnection(byte[] octets) {
        Sink sink = new Sink(ProtocolSelector.startsWith(""));
        try (EmbeddedConnection wire = EmbeddedConnection.open(PROXIED, sink)) {
            ByteBuf sent = send(wire, octets);
            if (sink.opened > 0) {
                requireEndOf(sent, sink.taken);
                assertThat(wire.connection().remoteAddress()).isNotNull();
            }
            wire.endByPeer();
        }
        assertThat(sink.opened).isLessThanOrEqualTo(1);
        assertThat(sink.closed).isEqualTo(sink.opened);
    }

    private static void requireEndOf(ByteBuf sent, ByteBuf taken) {
        int length = taken.readableBytes();
        assertThat(taken).isEqualTo(sent.slice(sent.writerIndex() - length, length));
    }

    @FuzzTest
    void theFirstBytesChooseOneProtocolOrNone(byte[] octets) {
        List<Sink> sinks = List.of(
                new Sink(ProtocolSelector.startsWith("AMQP\0\0\11\1")),
                new Sink(ProtocolSelector.startsWith("AMQP\3")),
                new Sink(ProtocolSelector.startsWith("GET ")));
        try (EmbeddedConnection wire = EmbeddedConnection.open(sinks.toArray(new Sink[0]))) {
            ByteBuf sent = send(wire, octets);
            for (Sink sink : sinks) {
                if (sink.opened > 0) {
                    assertThat(sink.taken).isEqualTo(sent);
                }
            }
            wire.endByPeer();
        }
        assertThat(sinks.stream().mapToInt(sink -> sink.opened + sink.refused).sum())
                .isLessThanOrEqualTo(1);
        sinks.forEach(sink -> assertThat(sink.closed).isEqualTo(sink.opened));
    }

    @FuzzTest
    void whatIsNoTlsEndsTheConnection(byte[] octets) throws Exception {
        Sink sink = new Sink(ProtocolSelector.startsWith(""));
        try (EmbeddedConnection wire = EmbeddedConnection.encrypted(tls(), sink)) {
            send(wire, octets);
            wire.endByPeer();
        }
        assertThat(sink.opened).as("nobody finishes a handshake by guessing").isZero();
    }

    /** One for all runs: reading it takes longer than they do. */
    private static TlsContext tls() throws Exception {
        TlsContext loaded = tls;
        if (loaded == null) {
            TestCertificates made = TestCertificates.selfSigned("localhost");
            loaded = TlsContext.load(TlsOptions.server(
                    made.writeCertificate(dir.resolve("cert.pem")), made.writeKey(dir.resolve("key.pem"))));
            tls = loaded;
        }
        return loaded;
    }

    /** Returns all of it. */
    private static ByteBuf send(EmbeddedConnection wire, byte[] octets) {
        ByteBuf all = Unpooled.wrappedBuffer(octets);
        if (!all.isReadable()) {
            return all;
        }
        int step = 1 + all.readUnsignedByte();
        ByteBuf left = all.duplicate();
        while (left.isReadable() && !wire.isClosed()) {
            wire.receive(Unpooled.copiedBuffer(left.readSlice(Math.min(step, left.readableBytes()))));
        }
        return all.slice();
    }
}
