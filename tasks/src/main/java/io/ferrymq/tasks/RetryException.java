package io.ferrymq.tasks;

import java.io.Serial;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task wants to be tried again. */
public final class RetryException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final @Nullable Duration delay;

    RetryException(Throwable cause, @Nullable Duration delay) {
        super(cause.toString(), cause);
        this.delay = delay;
    }

    /** After which time; empty for the task's own delay. */
    public Optional<Duration> delay() {
        return Optional.ofNullable(delay);
    }

    /** Why it could not do its work. */
    public Throwable reason() {
        Throwable cause = getCause();
        return cause == null ? this : cause;
    }
}
