package io.ferrymq.broker.shard;

import io.ferrymq.broker.queue.Queue;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;

/**
 * When a message that a full queue could not take is tried again: after a tenth of a second, then after twice as long
 * each time, up to a minute, until the queue takes one. All that waits for a queue is tried at the same times. Lane only.
 */
final class FullQueues {
    private static final long WAIT_MILLIS_MIN = 100;
    private static final long WAIT_MILLIS_MAX = 60_000;

    private static final class Wait {
        long millis;
        long untilMillis;
    }

    private final LongSupplier clockMillis;
    /** A queue that is deleted while something waits for it is forgotten with its object. */
    private final Map<Queue, Wait> waits = new WeakHashMap<>();

    FullQueues(LongSupplier clockMillis) {
        this.clockMillis = clockMillis;
    }

    /** The time at which one more message for this queue is tried again. */
    long tryAgainMillis(Queue queue) {
        long nowMillis = clockMillis.getAsLong();
        Wait wait = waits.computeIfAbsent(queue, _ -> new Wait());
        boolean over = wait.untilMillis <= nowMillis || wait.untilMillis > nowMillis + WAIT_MILLIS_MAX;
        if (over) {
            wait.millis = Math.clamp(2 * wait.millis, WAIT_MILLIS_MIN, WAIT_MILLIS_MAX);
            wait.untilMillis = nowMillis + wait.millis;
        }
        return wait.untilMillis;
    }

    /** The queue has taken one. */
    void tookOne(Queue queue) {
        if (!waits.isEmpty()) {
            waits.remove(queue);
        }
    }
}
