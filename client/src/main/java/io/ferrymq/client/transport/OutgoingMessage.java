package io.ferrymq.client.transport;

/**
 * A message to be published.
 *
 * @param exchange empty for the default exchange, which knows every queue by its name
 * @param body not copied, and not to be changed any more
 */
@SuppressWarnings("ArrayRecordComponent") // A body is handed on and never compared.
public record OutgoingMessage(
        String exchange, String routingKey, MessageProperties properties, byte[] body, Unroutable unroutable) {
    /** What becomes of a message that no queue takes. */
    public enum Unroutable {
        /** The publish fails. */
        FAIL,
        /** It is dropped, and the publish succeeds. */
        DROP
    }

    public OutgoingMessage {
        Names.exchange(exchange);
        Names.notNull(routingKey, "the routing key");
        Names.notNull(properties, "properties");
        Names.notNull(body, "the body");
        Names.notNull(unroutable, "unroutable");
    }

    /** A message straight to a queue, which must exist. */
    public static OutgoingMessage toQueue(String queue, MessageProperties properties, byte[] body) {
        return new OutgoingMessage("", queue, properties, body, Unroutable.FAIL);
    }
}
