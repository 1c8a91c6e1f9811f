package io.ferrymq.server;

import io.ferrymq.server.settings.SettingsException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Describes {@code start} for help and mistakes; {@link ForegroundServer} is what it does. */
@Command(
        name = StartArguments.COMMAND,
        description = "Runs the broker until SIGTERM or Ctrl-C; prints one line when it is ready.",
        mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
    @Mixin
    private final SettingsArguments arguments = new SettingsArguments();

    @Option(
            names = StartArguments.STOP_WHEN_READY,
            description = "stop at once when everything has started: shows whether the configuration works")
    private boolean stopWhenReady;

    @Override
    public Integer call() throws OperatorException, SettingsException, InterruptedException {
        return ForegroundServer.run(new StartArguments(arguments, stopWhenReady));
    }
}
