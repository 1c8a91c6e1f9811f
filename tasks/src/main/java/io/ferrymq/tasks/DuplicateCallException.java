package io.ferrymq.tasks;

import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** There is such a call already, and there may be only one at a time that waits or runs. */
public final class DuplicateCallException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final @Nullable String firstId;

    DuplicateCallException(String task, @Nullable String firstId) {
        super("a call of " + task + " waits or runs already: " + (firstId == null ? "its id is not known" : firstId));
        this.firstId = firstId;
    }

    /** The id of the call that was first; empty if it could not be found out. */
    public Optional<String> firstId() {
        return Optional.ofNullable(firstId);
    }
}
