package io.ferrymq.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionTimesTest {
    private final RecordingProtocol protocol = new RecordingProtocol("P");

    @Test
    void tellsHowLongAPeerHasBeenSilent() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            Connection connection = wire.connection();
            wire.advanceMillis(1_000);
            wire.receive("a\n".getBytes(UTF_8));
            wire.advanceMillis(30_000);
            assertThat(connection.lane().nowMillis() - connection.lastReadMillis())
                    .isEqualTo(30_000);
        }
    }

    @Test
    void tellsWhenItLastSent() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            Connection connection = wire.connection();
            wire.advanceMillis(1_000);
            wire.receive("a\n".getBytes(UTF_8));
            wire.advanceMillis(500);
            assertThat(connection.lane().nowMillis() - connection.lastWriteMillis())
                    .isEqualTo(500);
        }
    }

    @Test
    void runsAnAlarmWhenItIsDueUnlessCancelledOrClosed() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            List<String> ran = new ArrayList<>();
            wire.connection().schedule(100, () -> ran.add("due"));
            wire.connection().schedule(100, () -> ran.add("cancelled")).cancel();
            wire.connection().schedule(200, () -> ran.add("after the end"));
            wire.advanceMillis(100);
            wire.connection().closeNow();
            wire.advanceMillis(100);
            assertThat(ran).containsExactly("due");
        }
    }

    @Test
    void keepsNoAlarmWhenItIsClosed() {
        try (EmbeddedConnection wire = EmbeddedConnection.open(protocol)) {
            wire.connection().schedule(3_600_000, () -> {});
            wire.connection().schedule(10, () -> {});
            assertThat(wire.hasAlarms()).isTrue();
            wire.endByPeer();
            assertThat(wire.hasAlarms()).isFalse();
        }
    }

    @Test
    void failsAConnectionWhoseProtocolConsumesNothing() {
        ListenerOptions options = ListenerOptions.at("127.0.0.1", 0).withUnreadBytesMax(10);
        try (EmbeddedConnection wire = EmbeddedConnection.open(options, protocol)) {
            wire.receive("0123456789".getBytes(UTF_8));
            assertThat(wire.isClosed()).isFalse();
            wire.receive("x".getBytes(UTF_8));
            assertThat(wire.isClosed()).isTrue();
            assertThat(protocol.only().cause).isInstanceOf(CloseCause.Failed.class);
        }
    }
}
