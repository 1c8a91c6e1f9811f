package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProtocolChoiceTest {
    private final RecordingProtocol amqp = new RecordingProtocol("AMQP");
    private final RecordingProtocol amxx = new RecordingProtocol("AMXX");

    @Test
    void givesTheConnectionToTheProtocolThatKnowsTheFirstBytes() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(amqp, amxx)) {
            wire.receive("AMXX\n".getBytes(UTF_8));
            assertThat(amqp.sessions).isEmpty();
            assertThat(amxx.only().lines).containsExactly("AMXX");
            assertThat(wire.sent()).asString().isEqualTo("<AMXX>");
        }
    }

    @Test
    void waitsWhileTheBytesFitMoreThanOneProtocol() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(amqp, amxx)) {
            for (byte single : "AMXX".getBytes(UTF_8)) {
                assertThat(amxx.sessions).isEmpty();
                wire.receive(new byte[] {single});
            }
            assertThat(amxx.sessions).hasSize(1);
            wire.receive("\n".getBytes(UTF_8));
            assertThat(amxx.only().lines).containsExactly("AMXX");
        }
    }

    @Test
    void refusesInTheFirstProtocolsWordsWhatNoneKnows() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(amqp, amxx)) {
            wire.receive("GET / HTTP/1.1\r\n".getBytes(UTF_8));
            assertThat(wire.sent()).asString().isEqualTo("speak AMQP");
            assertThat(wire.isClosed()).isTrue();
            assertThat(amqp.sessions).isEmpty();
        }
    }

    @Test
    void asksNothingWhenThereIsOneProtocol() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(amqp)) {
            assertThat(amqp.sessions).hasSize(1);
            wire.receive("GET\n".getBytes(UTF_8));
            assertThat(amqp.only().lines).containsExactly("GET");
        }
    }

    @Test
    void closesAConnectionThatChoosesNothingInTime() {
        ListenerOptions options = ListenerOptions.at("127.0.0.1", 0).withHandshakeTimeoutMillis(500);
        try (EmbeddedConnection wire = EmbeddedConnection.open(options, amqp, amxx)) {
            wire.receive("AM".getBytes(UTF_8));
            wire.advanceMillis(499);
            assertThat(wire.isClosed()).isFalse();
            wire.advanceMillis(1);
            assertThat(wire.isClosed()).isTrue();
        }
    }

    @Test
    void leavesTheTimeAfterTheChoiceToTheProtocol() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(amqp, amxx)) {
            wire.receive("AMQP".getBytes(UTF_8));
            wire.advanceMillis(60_000);
            assertThat(wire.isClosed()).isFalse();
        }
    }
}
