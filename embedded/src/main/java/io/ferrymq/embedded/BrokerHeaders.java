package io.ferrymq.embedded;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.message.DeathHeaders;
import io.ferrymq.broker.message.History;
import io.ferrymq.client.transport.MessageProperties;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows about a message, shown as RabbitMQ shows it: {@code x-death} and its companions after
 * dead-lettering, {@code x-delivery-count} after failed deliveries.
 */
final class BrokerHeaders {
    private BrokerHeaders() {}

    static MessageProperties added(MessageProperties properties, Delivery delivery) {
        History history = delivery.message().history();
        if (history == null && delivery.failedDeliveries() <= 0) {
            return properties;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(properties.headers());
        MessageProperties.Builder changed = properties.toBuilder();
        if (history != null) {
            DeathHeaders.show(history, headers::put);
            if (history.expirationRemoved()) {
                changed.expiration(null);
            }
        }
        if (delivery.failedDeliveries() > 0) {
            headers.put("x-delivery-count", (long) delivery.failedDeliveries());
        }
        return changed.headers(headers).build();
    }
}
