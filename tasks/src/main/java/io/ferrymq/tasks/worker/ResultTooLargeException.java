package io.ferrymq.tasks.worker;

import java.io.Serial;

/** A task returned more than its callers may get. */
final class ResultTooLargeException extends IllegalArgumentException {
    @Serial
    private static final long serialVersionUID = 1;

    ResultTooLargeException(int bytes, int bytesMax) {
        super("a result of " + bytes + " bytes: at most " + bytesMax + " are allowed");
    }
}
