package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PausedReadingTest {
    private static final int UNREAD_BYTES_MAX =
            ListenerOptions.at("127.0.0.1", 0).unreadBytesMax();

    private final RecordingProtocol protocol = new RecordingProtocol("P");

    @Test
    void offersTheRestOfABurstAfterThePause() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("a\npause\nb\nc\n".getBytes(UTF_8));
            assertThat(protocol.only().lines).containsExactly("a", "pause");
            wire.connection().resumeReading();
            assertThat(protocol.only().lines).hasSize(2);
            wire.runTasks();
            assertThat(protocol.only().lines).containsExactly("a", "pause", "b", "c");
        }
    }

    @Test
    void keepsWhatArrivesInThePause() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("pause\n".getBytes(UTF_8));
            wire.receive("b\n".getBytes(UTF_8));
            wire.receive("c\n".getBytes(UTF_8));
            assertThat(protocol.only().lines).containsExactly("pause");
            wire.connection().resumeReading();
            wire.runTasks();
            assertThat(protocol.only().lines).containsExactly("pause", "b", "c");
        }
    }

    @Test
    void offersNothingWhenPausedAgainBeforeTheLaneCameToIt() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("pause\nb\n".getBytes(UTF_8));
            wire.connection().resumeReading();
            wire.connection().pauseReading();
            wire.runTasks();
            assertThat(protocol.only().lines).containsExactly("pause");
        }
    }

    /** Netty reads on to the end of the stream when the peer has ended, whatever it was told. */
    @Test
    void keepsNoMoreThanTheLimitOfAPeerWhoHasEndedInAPause() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.receive("pause\n".getBytes(UTF_8));
            wire.receive(new byte[UNREAD_BYTES_MAX]);
            wire.receive(new byte[1]);
            assertThat(wire.isClosed()).isFalse();
            wire.receive(new byte[1]);
            wire.runTasks();
            assertThat(wire.isClosed()).isTrue();
            assertThat(wire.connection().heldBytes()).isZero();
        }
    }
}
