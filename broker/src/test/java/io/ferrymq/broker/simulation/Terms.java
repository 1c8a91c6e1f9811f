package io.ferrymq.broker.simulation;

import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random terms for queues, in every combination that may be declared and that clients can see through. */
final class Terms {
    /** No message rests longer than this. */
    static final long REST_MILLIS_MAX = 200;

    private Terms() {}

    /** A durable queue without terms. */
    static QueueSpec durable(String name) {
        return new QueueSpec(name, true, false, false, QueueArguments.NONE);
    }

    static QueueSpec spec(Random random, String name) {
        Map<String, @Nullable Object> arguments = new HashMap<>();
        boolean durable = random.nextInt(5) > 0;
        boolean quorum = durable && random.nextInt(4) == 0;
        boolean exclusive = !durable && random.nextInt(3) == 0;
        boolean autoDelete = !durable && random.nextInt(3) == 0;
        if (quorum) {
            arguments.put("x-queue-type", "quorum");
            arguments.put("x-delivery-limit", random.nextInt(4));
        } else if (random.nextInt(4) == 0) {
            arguments.put("x-max-priority", 1 + random.nextInt(5));
        }
        boolean deadLetters = random.nextInt(2) == 0;
        if (deadLetters) {
            arguments.put("x-dead-letter-exchange", ModelQueue.DEAD_LETTERS);
        }
        switch (random.nextInt(6)) {
            case 0, 1 ->
                arguments.put("x-message-ttl", List.of(0, 30, 300, 5_000).get(random.nextInt(4)));
            case 2 -> bound(random, arguments, quorum, deadLetters);
            default -> {}
        }
        if (quorum && !"reject-publish".equals(arguments.get("x-overflow")) && random.nextBoolean()) {
            delayedRetry(random, arguments);
        }
        if (random.nextInt(6) == 0) {
            arguments.put("x-single-active-consumer", true);
        }
        return new QueueSpec(name, durable, exclusive, autoDelete, QueueArguments.of(arguments));
    }

    private static void delayedRetry(Random random, Map<String, @Nullable Object> arguments) {
        arguments.put(
                "x-delayed-retry-type", List.of("all", "failed", "returned").get(random.nextInt(3)));
        arguments.put("x-delayed-retry-min", List.of(10, 60).get(random.nextInt(2)));
        if (random.nextInt(3) > 0) {
            arguments.put(
                    "x-delayed-retry-max",
                    List.of(30, 100, (int) REST_MILLIS_MAX).get(random.nextInt(3)));
        }
        if (random.nextBoolean()) {
            arguments.put("x-ferry-retry-backoff", "exponential");
        }
        arguments.put("x-ferry-retry-jitter", List.of(0, 0, 40, 100).get(random.nextInt(4)));
    }

    private static void bound(
            Random random, Map<String, @Nullable Object> arguments, boolean quorum, boolean deadLetters) {
        arguments.put("x-max-length", random.nextInt(6));
        switch (random.nextInt(3)) {
            case 0 -> arguments.put("x-overflow", "reject-publish");
            case 1 -> {
                if (!quorum && deadLetters) {
                    arguments.put("x-overflow", "reject-publish-dlx");
                }
            }
            default -> {}
        }
    }
}
