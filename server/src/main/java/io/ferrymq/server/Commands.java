package io.ferrymq.server;

import io.ferrymq.server.settings.Key;
import io.ferrymq.server.settings.Keys;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;

/** The command line with its help and its messages. */
@Command(
        name = "ferry",
        description = "A message broker and task system in one small fast process.",
        versionProvider = Commands.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            StartCommand.class,
            ConfigCommand.class,
            CertificateCommand.class,
            HashPasswordCommand.class,
            HelpCommand.class
        })
final class Commands implements IVersionProvider {
    /** Runs a command; returns its exit code. */
    static int run(String... arguments) {
        CommandLine line = new CommandLine(new Commands())
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Commands::misused)
                .setExecutionExceptionHandler((error, command, parsed) -> Failure.report(error));
        CommandLine start = Objects.requireNonNull(line.getSubcommands().get(StartArguments.COMMAND));
        start.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> keyTable());
        if (arguments.length == 0) {
            line.usage(System.err);
            return ExitCode.USAGE;
        }
        return line.execute(arguments);
    }

    @Override
    public String[] getVersion() {
        return new String[] {"FerryMQ " + Version.current()};
    }

    private static int misused(ParameterException error, String... arguments) {
        String command = error.getCommandLine().getCommandSpec().qualifiedName();
        String help = command.contains(" ") ? command.replaceFirst(" ", " help ") : command + " help";
        Failure.complain(error.getMessage() + "; see './" + help + "'");
        return ExitCode.USAGE;
    }

    private static String keyTable() {
        StringBuilder text =
                new StringBuilder("%nKeys for --set, the file and the environment, with their defaults:%n".formatted());
        for (Key<?> key : Keys.all()) {
            text.append("  %-26s %-16s %s%n".formatted(key.name(), key.defaultText(), key.description()));
        }
        return text.append("An environment variable is named after its key: %s is %s.%n"
                        .formatted(Keys.AMQP_PORT.environmentName(), Keys.AMQP_PORT.name()))
                .toString();
    }
}
