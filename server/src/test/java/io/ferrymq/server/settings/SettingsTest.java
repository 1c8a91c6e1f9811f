package io.ferrymq.server.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @Test
    void takesDefaultsThenTheFileThenTheEnvironmentThenSet() throws Exception {
        Path file = file("""
                [amqp]
                port = 1
                host = "10.0.0.1"
                [limits]
                channels = 7
                """);
        Settings settings = new SettingsSources()
                .file(file)
                .environment(Map.of("FERRY_AMQP_PORT", "2", "FERRY_LIMITS_CHANNELS", "8", "PATH", "/bin"))
                .set(List.of("amqp.port=3"))
                .settings();
        assertThat(settings.get(Keys.AMQP_PORT)).isEqualTo(3);
        assertThat(settings.sourceOf(Keys.AMQP_PORT)).isEqualTo("--set");
        assertThat(settings.get(Keys.LIMITS_CHANNELS)).isEqualTo(8);
        assertThat(settings.sourceOf(Keys.LIMITS_CHANNELS)).isEqualTo("FERRY_LIMITS_CHANNELS");
        assertThat(settings.get(Keys.AMQP_HOST)).isEqualTo("10.0.0.1");
        assertThat(settings.sourceOf(Keys.AMQP_HOST)).isEqualTo(file + ":3");
        assertThat(settings.get(Keys.AMQPS_PORT)).isEqualTo(5671);
        assertThat(settings.sourceOf(Keys.AMQPS_PORT)).isEqualTo("default");
    }

    @Test
    void knowsWhatHasNoValue() throws SettingsException {
        assertThat(new SettingsSources().settings().find(Keys.TLS_CERTIFICATE)).isEmpty();
        assertThat(set("tls.certificate=a.pem").find(Keys.TLS_CERTIFICATE)).contains(Path.of("a.pem"));
        assertThat(set("tls.certificate=").find(Keys.TLS_CERTIFICATE)).isEmpty();
    }

    @Test
    void namesAnUnknownKeyItsSourceAndTheNearestOne() {
        assertRefused(() -> set("amqp.prot=1"))
                .hasMessage("unknown key amqp.prot (--set), did you mean amqp.port?; './ferry config' lists all keys");
        assertRefused(() -> set("completely.different=1"))
                .hasMessage("unknown key completely.different (--set); './ferry config' lists all keys");
        assertRefused(() -> new SettingsSources()
                        .file(file("\n[limit]\nchannels = 1"))
                        .settings())
                .hasMessageContaining("unknown key limit.channels (")
                .hasMessageContaining("ferry.toml:3), did you mean limits.channels?");
    }

    @Test
    void namesAnUnknownVariableAndTheNearestOne() {
        assertRefused(() -> environment("FERRY_AMQP_PROT", "1"))
                .hasMessage("unknown environment variable FERRY_AMQP_PROT, did you mean FERRY_AMQP_PORT?;"
                        + " './ferry config' lists all keys");
    }

    @Test
    void leavesOthersVariablesAlone() throws SettingsException {
        environment("FERRY_JAVA_OPTS", "-Xmx1g");
        environment("FERRY_BENCH_NO_BUILD", "1");
        environment("FERRY_SERVICE_HOST", "10.0.0.1");
        environment("FERRY_PORT_5672_TCP_ADDR", "10.0.0.1");
        environment("FERRYMAN", "Charon");
    }

    @Test
    void namesABadValueItsSourceAndWhatAGoodOneIs() {
        assertRefused(() -> set("amqp.port=many"))
                .hasMessage("bad value for amqp.port (--set): \"many\" is not a number from 0 to 65535");
        assertRefused(() -> environment("FERRY_TLS_VERIFY", "maybe"))
                .hasMessage(
                        "bad value for tls.verify (FERRY_TLS_VERIFY): \"maybe\" is not one of none, request, require");
        assertRefused(() -> set("amqp.port=")).hasMessageContaining("\"\" is not a number");
        assertRefused(() ->
                        new SettingsSources().file(file("amqp.port = [1, 2]")).settings())
                .hasMessageContaining("ferry.toml:1): no key takes a list");
    }

    @Test
    void refusesAPairWithoutEqualsSign() {
        assertRefused(() -> set("amqp.port")).hasMessage("--set amqp.port is not of the form KEY=VALUE");
        assertRefused(() -> set("=1")).hasMessage("--set =1 is not of the form KEY=VALUE");
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        Path missing = dir.resolve("none.toml");
        assertRefused(() -> new SettingsSources().file(missing))
                .hasMessage("the configuration file " + missing + " does not exist");
        assertRefused(() -> new SettingsSources().file(file("a = 1\nb = = 2")))
                .hasMessageContaining("ferry.toml:2 is not TOML: ");
    }

    private interface Reading {
        Object read() throws SettingsException, IOException;
    }

    private static AbstractThrowableAssert<?, ?> assertRefused(Reading reading) {
        return assertThatThrownBy(reading::read).isInstanceOf(SettingsException.class);
    }

    private static Settings set(String... pairs) throws SettingsException {
        return new SettingsSources().set(List.of(pairs)).settings();
    }

    private static Settings environment(String name, String value) throws SettingsException {
        return new SettingsSources().environment(Map.of(name, value)).settings();
    }

    private Path file(String toml) throws IOException {
        return Files.writeString(dir.resolve("ferry.toml"), toml);
    }
}
