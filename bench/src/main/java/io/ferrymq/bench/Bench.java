package io.ferrymq.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of {@code ./ferry bench}, as far as it is Java: {@code bench/run.sh} builds and starts it. */
@Command(
        name = "bench",
        subcommands = {AmqpBench.class, TasksBench.class},
        mixinStandardHelpOptions = true,
        description = "Measures.")
final class Bench {
    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, commandLine, _) -> {
                    commandLine.getErr().println(failure.getMessage() == null ? failure : failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }
}
