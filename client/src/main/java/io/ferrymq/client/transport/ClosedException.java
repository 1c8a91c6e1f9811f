package io.ferrymq.client.transport;

import org.jspecify.annotations.Nullable;

/** The transport, or the queue object, was closed; the cause says why if that was not asked for. */
public final class ClosedException extends TransportException {
    private static final long serialVersionUID = 1L;

    public ClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
