package io.ferrymq.client;

import org.jspecify.annotations.Nullable;

/** A value that cannot be encoded, or a body that is no such value. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CodecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
