package io.ferrymq.wire;

import org.jspecify.annotations.Nullable;

/** A certificate or key cannot be used. The message is one line for the operator and names the file. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
