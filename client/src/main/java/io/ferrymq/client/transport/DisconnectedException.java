package io.ferrymq.client.transport;

import org.jspecify.annotations.Nullable;

/** The broker could not be reached or opened. */
public final class DisconnectedException extends TransportException {
    private static final long serialVersionUID = 1L;

    public DisconnectedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
