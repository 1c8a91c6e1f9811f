package io.ferrymq.tasks.worker;

/**
 * How many calls a worker takes from its queues before they can run. With long calls it is the multiplier of the options,
 * so that other workers get their share; with short ones it is what {@value #WORK_MILLIS} ms are enough for, since the way
 * to the broker and back would take longer than the calls. Any thread.
 *
 * <p>How long calls take is an average that follows the last dozens. The number changes in steps of two, so that the
 * broker is not told of a new one after every call.
 */
final class Ahead {
    /** Calls that wait here are worth at most so much work. */
    static final int WORK_MILLIS = 50;

    /** For each slot, however short the calls are. */
    static final int MULTIPLIER_MAX = 128;

    /** The average forgets a call by so many after it. */
    private static final int MEMORY = 32;

    private final int multiplierMin;
    private final Runnable changed;

    /** Guarded by this. */
    private double averageNanos = -1;

    /** Changed inside the monitor, read by all. */
    private volatile int multiplier;

    /**
     * @param multiplier for each slot, at least
     * @param changed run when the multiplier is another, outside any lock
     */
    Ahead(int multiplier, Runnable changed) {
        this.multiplierMin = multiplier;
        this.multiplier = multiplier;
        this.changed = changed;
    }

    /** How many calls a slot is to have here. */
    int multiplier() {
        return multiplier;
    }

    /** A call has ended that ran so long. */
    void ran(long nanos) {
        if (measure(nanos)) {
            changed.run();
        }
    }

    private synchronized boolean measure(long nanos) {
        averageNanos = averageNanos < 0 ? nanos : averageNanos + (nanos - averageNanos) / MEMORY;
        double wanted = WORK_MILLIS * 1e6 / Math.max(1, averageNanos);
        int most = Math.max(multiplierMin, MULTIPLIER_MAX);
        int next = (int) Math.max(multiplierMin, Math.min(wanted, most));
        boolean far = next >= 2 * multiplier
                || next <= multiplier / 2
                || (next == most && multiplier != most)
                || (next == multiplierMin && multiplier != multiplierMin);
        if (far) {
            multiplier = next;
        }
        return far;
    }
}
