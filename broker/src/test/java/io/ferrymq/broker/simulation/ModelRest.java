package io.ferrymq.broker.simulation;

import io.ferrymq.broker.Settlement;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How long messages rest in a queue that was declared with these arguments. */
record ModelRest(Map<String, @Nullable Object> arguments) {
    private int number(String name) {
        return arguments.get(name) instanceof Integer number ? number : 0;
    }

    boolean isPossible() {
        return arguments.containsKey("x-delayed-retry-type");
    }

    long delayMillis(Settlement settlement, int failures, double chance) {
        if (!concerns(settlement)) {
            return 0;
        }
        long minMillis = number("x-delayed-retry-min");
        long delayMillis = minMillis;
        for (int i = 1; i < failures; i++) {
            delayMillis += "exponential".equals(arguments.get("x-ferry-retry-backoff")) ? delayMillis : minMillis;
        }
        long maxMillis = number("x-delayed-retry-max");
        long wholeMillis = Math.min(delayMillis, maxMillis == 0 ? minMillis : maxMillis);
        return wholeMillis - (long) (wholeMillis * (chance * number("x-ferry-retry-jitter") / 100));
    }

    private boolean concerns(Settlement settlement) {
        Object type = arguments.get("x-delayed-retry-type");
        return "all".equals(type) || (settlement == Settlement.REQUEUE ? "failed" : "returned").equals(type);
    }
}
