package io.ferrymq.log;

/**
 * Told once, on whichever thread met it, that a write, a flush or a rename has failed. After that the log reports
 * nothing more as durable and refuses further calls. It never tries again: after a failed flush the system may have
 * dropped the very pages that a second flush would report as safe.
 */
@FunctionalInterface
public interface FailureHandler {
    /** What a process does that wants to lose nothing: one line on standard error, then exit code 70, at once. */
    FailureHandler HALT = cause -> {
        System.err.println("ferrymq: the log cannot be written, stopping: " + cause);
        Runtime.getRuntime().halt(70);
    };

    void failed(Throwable cause);
}
