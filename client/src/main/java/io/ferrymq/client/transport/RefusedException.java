package io.ferrymq.client.transport;

/** The broker did not take a message now: a queue is full, or a resource is short. Trying later may succeed. */
public final class RefusedException extends TransportException {
    private static final long serialVersionUID = 1L;

    public RefusedException(String message) {
        super(message, null);
    }
}
