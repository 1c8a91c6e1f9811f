package io.ferrymq.client.transport;

import org.jspecify.annotations.Nullable;

/** The broker does not do what it was asked, and will not later: the request has to change. */
public final class RequestException extends TransportException {
    private static final long serialVersionUID = 1L;

    /** What is wrong with the request. */
    public enum Reason {
        /** The queue or exchange does not exist. */
        NOT_FOUND,
        /** It exists with other properties than those that were asked for. */
        DIFFERENT,
        /** The user may not do that. */
        DENIED,
        /** Somebody else has it. */
        IN_USE,
        /** A value is not acceptable. */
        INVALID
    }

    private final Reason reason;

    public RequestException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
