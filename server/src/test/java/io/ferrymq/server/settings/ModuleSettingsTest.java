package io.ferrymq.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.log.LogOptions;
import io.ferrymq.wire.ClientVerification;
import io.ferrymq.wire.ListenerOptions;
import io.ferrymq.wire.TlsOptions;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModuleSettingsTest {
    @Test
    void takesTheLogsOwnDefaults() throws SettingsException {
        assertThat(LogSettings.shard(set(), 0)).isEqualTo(LogOptions.defaults());
    }

    @Test
    void refusesABatchThatDoesNotFitASegment() {
        assertThatThrownBy(() -> LogSettings.shard(set("log.segment-bytes=1MiB", "log.batch-bytes=1MiB"), 0))
                .hasMessage("log.batch-bytes is more than half of log.segment-bytes; make it smaller");
    }

    @Test
    void leavesRoomForAWholeFrame() throws SettingsException {
        ListenerOptions options =
                WireSettings.amqpListener(set("limits.frame-bytes=1MiB", "handshake.timeout-ms=3s"), Keys.AMQP_PORT);
        assertThat(options.unreadBytesMax()).isEqualTo(2 << 20);
        assertThat(options.handshakeTimeoutMillis()).isEqualTo(3_000);
        assertThat(options.port()).isEqualTo(5672);
    }

    @Test
    void hasNoTlsWithoutACertificate() throws SettingsException {
        assertThat(WireSettings.tls(set())).isEmpty();
    }

    @Test
    void hasTlsWithACertificate() throws SettingsException {
        assertThat(WireSettings.tls(
                        set("tls.certificate=c.pem", "tls.key=c.key", "tls.ca=ca.pem", "tls.verify=require")))
                .contains(new TlsOptions(
                        Path.of("c.pem"), Path.of("c.key"), List.of(Path.of("ca.pem")), ClientVerification.REQUIRE));
    }

    @Test
    void refusesHalfOfATlsConfiguration() {
        assertThatThrownBy(() -> WireSettings.tls(set("tls.certificate=c.pem")))
                .hasMessage("tls.certificate is set, but tls.key is not; set both");
        assertThatThrownBy(() -> WireSettings.tls(set("tls.key=c.key")))
                .hasMessage("tls.key is set, but tls.certificate is not; set both");
        assertThatThrownBy(() -> WireSettings.tls(set("tls.certificate=c.pem", "tls.key=c.key", "tls.verify=require")))
                .hasMessage("tls.verify is set, but tls.ca is not; set it to the clients' authorities");
    }

    private static Settings set(String... pairs) throws SettingsException {
        return new SettingsSources().set(List.of(pairs)).settings();
    }
}
