package io.ferrymq.embedded;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.client.transport.MessageProperties;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the broker knows about a message, shown as RabbitMQ shows it: {@code x-death} and its companions after
 * dead-lettering, {@code x-delivery-count} after failed deliveries.
 */
final class DeathHeaders {
    private DeathHeaders() {}

    static MessageProperties added(MessageProperties properties, Delivery delivery) {
        History history = delivery.message().history();
        if (history == null && delivery.failedDeliveries() <= 0) {
            return properties;
        }
        Map<String, @Nullable Object> headers = new LinkedHashMap<>(properties.headers());
        MessageProperties.Builder changed = properties.toBuilder();
        if (history != null) {
            addHistory(headers, history);
            if (history.expirationRemoved()) {
                changed.expiration(null);
            }
        }
        if (delivery.failedDeliveries() > 0) {
            headers.put("x-delivery-count", (long) delivery.failedDeliveries());
        }
        return changed.headers(headers).build();
    }

    private static void addHistory(Map<String, @Nullable Object> headers, History history) {
        headers.put(
                "x-death", history.deaths().stream().map(DeathHeaders::table).toList());
        addCompanions(headers, "x-first-death-", history.first());
        if (!history.deaths().isEmpty()) {
            addCompanions(headers, "x-last-death-", history.deaths().getFirst());
        }
    }

    private static void addCompanions(Map<String, @Nullable Object> headers, String prefix, Death death) {
        headers.put(prefix + "exchange", death.exchange());
        headers.put(prefix + "queue", death.queue());
        headers.put(prefix + "reason", death.reason().text());
    }

    private static Map<String, @Nullable Object> table(Death death) {
        Map<String, @Nullable Object> table = new LinkedHashMap<>();
        table.put("count", death.count());
        table.put("reason", death.reason().text());
        table.put("queue", death.queue());
        table.put("time", Instant.ofEpochMilli(death.timeMillis()));
        table.put("exchange", death.exchange());
        table.put("routing-keys", List.copyOf(death.routingKeys()));
        if (death.originalExpiration() != null) {
            table.put("original-expiration", death.originalExpiration());
        }
        return table;
    }
}
