package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartArgumentsTest {
    @Test
    void readsPlainArguments() throws Exception {
        StartArguments start = StartArguments.plain(List.of(
                        "start",
                        "--set",
                        "amqp.port=0",
                        "--data",
                        "d",
                        "--stop-when-ready",
                        "--set",
                        "heartbeat.seconds=2"))
                .orElseThrow();
        Settings settings = start.settings().settings(Map.of());
        assertThat(start.stopWhenReady()).isTrue();
        assertThat(settings.get(Keys.DATA_DIR)).isEqualTo(Path.of("d"));
        assertThat(settings.get(Keys.AMQP_PORT)).isZero();
        assertThat(settings.get(Keys.HEARTBEAT_SECONDS)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "config",
                "start --help",
                "start --data",
                "start --data a --data b",
                "start --set=amqp.port=0",
                "start somewhere",
                "start --unknown x"
            })
    void leavesAllElseToPicocli(String arguments) {
        assertThat(StartArguments.plain(List.of(arguments.split(" ", -1)))).isEmpty();
    }
}
