package io.ferrymq.server;

import io.ferrymq.log.LogFailedException;
import io.ferrymq.log.OutOfSpaceException;
import io.ferrymq.wire.Printable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * The end of the process when going on could lose data: a failed write or flush, or a broken invariant.
 *
 * <p>Thread contract: any thread.
 */
public final class FatalError {
    private static final AtomicBoolean HALTING = new AtomicBoolean();

    private FatalError() {}

    /**
     * Writes one line and ends the process with {@link ExitCode#FATAL}, without stopping anything in order: what is
     * on disk now is what recovery finds. Does not return.
     */
    public static void halt(String what, Throwable cause) {
        if (cause instanceof LogFailedException failed && failed.getCause() != null) {
            logFailed(failed.getCause());
            return;
        }
        if (!HALTING.compareAndSet(false, true)) {
            waitForTheEnd();
        }
        System.err.println("ferry: fatal: " + what + ": " + oneLine(cause)
                + "; the broker has stopped at once so that nothing confirmed is lost: mend the cause and start again");
        Runtime.getRuntime().halt(ExitCode.FATAL);
    }

    /** Another thread met the same fault first, and says so in one line. */
    private static void waitForTheEnd() {
        while (true) {
            LockSupport.park();
        }
    }

    /** The log cannot be written: nothing that was not confirmed before will be. Does not return. */
    public static void logFailed(Throwable cause) {
        halt("the log cannot be written", cause);
    }

    private static String oneLine(Throwable cause) {
        String words = cause instanceof OutOfSpaceException ? cause.getMessage() : cause.toString();
        return Printable.of(String.valueOf(words).lines().findFirst().orElse(""));
    }
}
