package io.ferrymq.server;

import org.jspecify.annotations.Nullable;

/** Something that the operator can mend. The message is one line that says what to do. */
public final class OperatorException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A failure that has another one below it. */
    public OperatorException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** A failure found here. */
    public OperatorException(String message) {
        this(message, null);
    }
}
