package io.ferrymq.tasks;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * A call has too many arguments, too few, one of an unknown name or of a wrong type. The call fails before its body runs and
 * is not tried again; Python's callers see a {@code TypeError}.
 */
public final class WrongArgumentsException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    WrongArgumentsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
