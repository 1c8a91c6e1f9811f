package io.ferrymq.broker.message;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** How a message shows the deaths that it died: {@code x-death} and its companions, by RabbitMQ's names. Stateless. */
public final class DeathHeaders {
    private DeathHeaders() {}

    /** Hands every header and its value to {@code headers}. */
    public static void show(History history, BiConsumer<String, Object> headers) {
        show(history, Integer.MAX_VALUE, headers);
    }

    /** As above, with {@code deathsMax} deaths at most, the newest. */
    public static void show(History history, int deathsMax, BiConsumer<String, Object> headers) {
        headers.accept(
                "x-death",
                history.deaths().stream()
                        .limit(deathsMax)
                        .map(DeathHeaders::table)
                        .toList());
        showCompanions("x-first-death-", history.first(), headers);
        if (!history.deaths().isEmpty()) {
            showCompanions("x-last-death-", history.deaths().getFirst(), headers);
        }
    }

    private static void showCompanions(String prefix, Death death, BiConsumer<String, Object> headers) {
        headers.accept(prefix + "exchange", death.exchange());
        headers.accept(prefix + "queue", death.queue());
        headers.accept(prefix + "reason", death.reason().text());
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
