package io.ferrymq.server;

import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import io.ferrymq.server.settings.SettingsSources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The arguments from which settings come; shared by the commands that need them. */
final class SettingsArguments {
    static final String DATA = "--data";
    static final String CONFIG = "--config";
    static final String SET = "--set";

    @Option(names = DATA, paramLabel = "DIR", description = "the data directory; short for --set data.dir=DIR")
    private @Nullable Path data;

    @Option(names = CONFIG, paramLabel = "FILE", description = "a TOML file of keys")
    private @Nullable Path config;

    @Option(
            names = SET,
            paramLabel = "KEY=VALUE",
            description = "sets one key; wins over the environment (FERRY_...), which wins over the file")
    private List<String> set = List.of();

    /** For picocli, which fills the fields. */
    SettingsArguments() {}

    SettingsArguments(@Nullable Path data, @Nullable Path config, List<String> set) {
        this.data = data;
        this.config = config;
        this.set = set;
    }

    /** The settings from the file, the environment and the command line; the later wins. */
    Settings settings(Map<String, String> environment) throws SettingsException {
        SettingsSources sources = new SettingsSources();
        Path file = config;
        if (file != null) {
            sources.file(file);
        }
        return sources.environment(environment).set(pairs()).settings();
    }

    private List<String> pairs() {
        List<String> pairs = new ArrayList<>(set);
        if (data != null) {
            pairs.add(Keys.DATA_DIR.name() + "=" + data);
        }
        return pairs;
    }
}
