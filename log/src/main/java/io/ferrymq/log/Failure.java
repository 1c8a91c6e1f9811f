package io.ferrymq.log;

import org.jspecify.annotations.Nullable;

/** Whether this log has failed. Any thread reports, the lane looks. */
final class Failure {
    private final FailureHandler handler;

    /** Published by the thread that met the error, read by the lane and by jobs that must not follow it. */
    private volatile @Nullable Throwable cause;

    Failure(FailureHandler handler) {
        this.handler = handler;
    }

    void report(Throwable error) {
        cause = error;
        handler.failed(error);
    }

    /** From here on nothing is written any more, without anybody being told. */
    void set() {
        cause = new IllegalStateException("abandoned");
    }

    boolean happened() {
        return cause != null;
    }

    void check() {
        Throwable error = cause;
        if (error != null) {
            throw new LogFailedException(error);
        }
    }
}
