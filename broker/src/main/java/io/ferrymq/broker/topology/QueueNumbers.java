package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import java.util.function.IntPredicate;

/**
 * The numbers by which the log refers to queues.
 *
 * <pre>
 *  1 .. 2^30 - 1         durable queues, counted up for ever: the next number is part of the checkpoint
 *  2^30 .. 2^31 - 1      queues that end with the process; counted up from the start after each restart,
 *                        and again, past those in use, when the range is used up
 * </pre>
 *
 * <p>A durable record that names a number of the second range means a queue that is gone.
 */
public final class QueueNumbers {
    static final int DURABLE_FIRST = 1;
    static final int TRANSIENT_FIRST = 1 << 30;

    private int nextDurable = DURABLE_FIRST;
    private int nextTransient = TRANSIENT_FIRST;

    QueueNumbers() {}

    /** Whether the queue of that number does not outlive the process. */
    public static boolean isTransient(int number) {
        return number >= TRANSIENT_FIRST;
    }

    /** The number for the next durable queue; the same until {@link #used} is told that it was taken. */
    int nextDurable() {
        if (nextDurable >= TRANSIENT_FIRST) {
            throw new RefusedException(
                    new Refusal.LimitReached("durable queues declared since the first start", TRANSIENT_FIRST - 1));
        }
        return nextDurable;
    }

    /** What a checkpoint keeps: no durable queue had this number or a higher one. */
    int firstUnusedDurable() {
        return nextDurable;
    }

    /** The number for the next queue that is not durable. */
    int nextTransient(IntPredicate inUse) {
        int next = nextTransient;
        while (inUse.test(next)) {
            next = after(next);
        }
        return next;
    }

    void used(int number) {
        if (isTransient(number)) {
            nextTransient = after(number);
        } else {
            nextDurable = Math.max(nextDurable, number + 1);
        }
    }

    private static int after(int transientNumber) {
        return transientNumber == Integer.MAX_VALUE ? TRANSIENT_FIRST : transientNumber + 1;
    }
}
