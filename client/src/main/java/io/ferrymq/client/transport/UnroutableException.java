package io.ferrymq.client.transport;

/** No queue is bound for a message that insists on one. */
public final class UnroutableException extends TransportException {
    private static final long serialVersionUID = 1L;

    public UnroutableException(String exchange, String routingKey) {
        super("no queue takes a message for exchange '" + exchange + "' and key '" + routingKey + "'", null);
    }
}
