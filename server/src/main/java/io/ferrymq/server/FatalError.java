package io.ferrymq.server;

/**
 * The end of the process when going on could lose data: a failed write or flush, or a broken invariant.
 *
 * <p>Thread contract: any thread.
 */
public final class FatalError {
    private FatalError() {}

    /**
     * Writes one line and ends the process with {@link ExitCode#FATAL}, without stopping anything in order: what is
     * on disk now is what recovery finds. Does not return.
     */
    public static void halt(String what, Throwable cause) {
        System.err.println("ferry: fatal: " + what + ": " + oneLine(cause)
                + "; the broker has stopped at once so that nothing confirmed is lost: mend the cause and start again");
        Runtime.getRuntime().halt(ExitCode.FATAL);
    }

    /** The log cannot be written: nothing that was not confirmed before will be. Does not return. */
    public static void logFailed(Throwable cause) {
        halt("the log cannot be written", cause);
    }

    private static String oneLine(Throwable cause) {
        return cause.toString().lines().findFirst().orElse("");
    }
}
