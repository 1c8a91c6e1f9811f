package io.ferrymq.client;

/** Whoever was asked answered that it failed; the message is its own. */
public final class RequestFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RequestFailedException(String message) {
        super(message);
    }
}
