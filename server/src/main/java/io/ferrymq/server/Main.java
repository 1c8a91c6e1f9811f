package io.ferrymq.server;

import java.util.List;
import java.util.Optional;

/**
 * The main program: {@code ferry COMMAND}.
 *
 * <p>{@code start} with plain arguments goes past picocli, whose classes are in a format that the JDK's AOT cache skips:
 * loading them takes half of the time until the broker is ready. All else, help and every mistake, goes through it.
 */
public final class Main {
    private Main() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String... arguments) {
        System.exit(run(arguments));
    }

    /** Runs a command; returns its exit code. Errors are one line on standard error. */
    static int run(String... arguments) {
        Optional<StartArguments> start = StartArguments.plain(List.of(arguments));
        if (start.isEmpty()) {
            return Commands.run(arguments);
        }
        try {
            return ForegroundServer.run(start.get());
        } catch (Exception e) {
            return Failure.report(e);
        }
    }
}
