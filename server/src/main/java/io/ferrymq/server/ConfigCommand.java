package io.ferrymq.server;

import io.ferrymq.server.settings.Key;
import io.ferrymq.server.settings.Keys;
import io.ferrymq.server.settings.Settings;
import io.ferrymq.server.settings.SettingsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists every key as a TOML file, which {@code start --config} accepts. */
@Command(
        name = "config",
        description = "Prints every key with its value, its source and its meaning, as a TOML file.",
        mixinStandardHelpOptions = true)
final class ConfigCommand implements Callable<Integer> {
    @Mixin
    private final SettingsArguments arguments = new SettingsArguments();

    @Override
    public Integer call() throws SettingsException {
        Settings settings = arguments.settings(System.getenv());
        for (Key<?> key : Keys.all()) {
            String text = settings.textOf(key);
            System.out.printf(
                    "# %s; %s (%s)%n%s%s = \"%s\"%n%n",
                    key.description(),
                    key.environmentName(),
                    settings.sourceOf(key),
                    text.isEmpty() ? "# " : "",
                    key.name(),
                    text.replace("\\", "\\\\").replace("\"", "\\\""));
        }
        return ExitCode.OK;
    }
}
