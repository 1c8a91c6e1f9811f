package io.ferrymq.tasks.message;

import java.io.Serial;

/** A message that is none of Celery's, or one that is not read here. The text says what is wrong with it. */
public final class BadMessageException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    public BadMessageException(String problem) {
        super(problem);
    }

    public BadMessageException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
