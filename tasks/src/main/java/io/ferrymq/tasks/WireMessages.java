package io.ferrymq.tasks;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.tasks.message.WireMessage;
import java.time.Duration;
import java.util.Objects;

/** Between what travels and what a message format sees. */
public final class WireMessages {
    private WireMessages() {}

    public static WireMessage of(Delivery delivery) {
        return of(delivery.properties(), delivery.body());
    }

    public static WireMessage of(MessageProperties properties, byte[] body) {
        return new WireMessage(
                Objects.requireNonNullElse(properties.contentType(), ""),
                Objects.requireNonNullElse(properties.contentEncoding(), ""),
                properties.headers(),
                Objects.requireNonNullElse(properties.correlationId(), ""),
                Objects.requireNonNullElse(properties.replyTo(), ""),
                Objects.requireNonNullElse(properties.priority(), 0),
                properties.persistent(),
                properties.expiration() == null ? null : properties.expiration().toMillis(),
                body);
    }

    /** A message to a queue, which is dropped if the queue is gone. */
    public static OutgoingMessage toQueue(String queue, WireMessage message) {
        return toExchange("", queue, message);
    }

    /** A message to an exchange, which is dropped if no queue takes it. */
    public static OutgoingMessage toExchange(String exchange, String routingKey, WireMessage message) {
        MessageProperties.Builder properties = MessageProperties.builder()
                .contentType(message.contentType())
                .contentEncoding(message.contentEncoding())
                .headers(message.headers())
                .correlationId(message.correlationId())
                .replyTo(message.replyTo())
                .priority(message.priority());
        if (message.expirationMillis() != null) {
            properties.expiration(Duration.ofMillis(message.expirationMillis()));
        }
        if (!message.persistent()) {
            properties.transientMessage();
        }
        return new OutgoingMessage(
                exchange, routingKey, properties.build(), message.body(), OutgoingMessage.Unroutable.DROP);
    }
}
