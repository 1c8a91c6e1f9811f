package io.ferrymq.wire;

/** A listener cannot open its address. The message is one line for the operator. */
public final class ListenerException extends Exception {
    private static final long serialVersionUID = 1L;

    ListenerException(String message, Throwable cause) {
        super(message, cause);
    }
}
