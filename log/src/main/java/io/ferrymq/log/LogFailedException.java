package io.ferrymq.log;

/** A call came after the log had failed; the cause is what its {@link FailureHandler} was told. */
public final class LogFailedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    LogFailedException(Throwable cause) {
        super("the log has failed: " + cause.getMessage(), cause);
    }
}
