package io.ferrymq.server;

import io.ferrymq.server.settings.SettingsException;

/** How a command that did not succeed ends: in one line, unless it is a mistake of this program. */
final class Failure {
    private Failure() {}

    /** Prints what went wrong; returns the exit code. */
    static int report(Exception error) {
        if (error instanceof SettingsException) {
            complain(String.valueOf(error.getMessage()));
            return ExitCode.USAGE;
        }
        if (error instanceof OperatorException) {
            complain(String.valueOf(error.getMessage()));
            return ExitCode.FAILED;
        }
        complain("an error in FerryMQ itself, please report it:");
        error.printStackTrace(System.err);
        return ExitCode.FATAL;
    }

    /** Prints one line on standard error. */
    static void complain(String message) {
        System.err.println("ferry: " + message.lines().findFirst().orElse(""));
    }
}
