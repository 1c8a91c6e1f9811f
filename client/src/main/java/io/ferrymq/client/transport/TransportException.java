package io.ferrymq.client.transport;

import org.jspecify.annotations.Nullable;

/** Why a transport did not do what it was asked. */
public abstract sealed class TransportException extends RuntimeException
        permits RefusedException, UnroutableException, RequestException, DisconnectedException, ClosedException {
    private static final long serialVersionUID = 1L;

    TransportException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
