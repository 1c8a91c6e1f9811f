package io.ferrymq.tasks.worker;

import java.time.Duration;

/**
 * How many calls run at a time while that follows the load. Immutable.
 *
 * @param min as few as this when there is little to do
 * @param max as many as this when there is much
 */
public record Autoscale(int min, int max) {
    /** After so long without need, the pool shrinks. */
    static final Duration KEEP_ALIVE = Duration.ofSeconds(30);

    public Autoscale {
        if (min < 1 || max < min) {
            throw new IllegalArgumentException(
                    "autoscale from " + min + " to " + max + ": at least 1, and not backwards");
        }
    }

    /**
     * How many calls should run at a time.
     *
     * @param now how many may
     * @param running how many do
     * @param waiting how many wait for a slot
     * @param idle how long there have been more slots than calls
     */
    int next(int now, int running, int waiting, Duration idle) {
        int wanted = now;
        if (waiting > 0) {
            wanted = now + waiting;
        } else if (idle.compareTo(KEEP_ALIVE) >= 0) {
            wanted = Math.max(running, 1);
        }
        return Math.max(min, Math.min(max, wanted));
    }
}
