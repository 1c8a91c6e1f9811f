package io.ferrymq.server.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Configuration files whose octets a fuzzer chooses: every key has a value of its type then, or one line says why not. */
class SettingsOctetsFuzz {
    @FuzzTest
    void aFileIsReadOrRefused(byte[] content) {
        try {
            Settings settings = new SettingsSources()
                    .toml("ferry.toml", new String(content, StandardCharsets.UTF_8))
                    .settings();
            requireAll(settings);
        } catch (SettingsException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
        }
    }

    @FuzzTest
    void anAssignmentIsReadOrRefused(byte[] text) {
        String value = new String(text, StandardCharsets.UTF_8);
        for (Key<?> key : Keys.all()) {
            try {
                requireAll(new SettingsSources()
                        .set(List.of(key.name() + "=" + value))
                        .settings());
            } catch (SettingsException refused) {
                assertThat(refused.getMessage()).contains(key.name());
            }
        }
    }

    private static void requireAll(Settings settings) {
        Keys.all().forEach(key -> assertThat(settings.find(key)).isNotNull());
    }
}
