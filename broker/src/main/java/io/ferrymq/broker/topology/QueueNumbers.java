package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import java.util.function.LongPredicate;

/**
 * The numbers by which the log refers to queues.
 *
 * <pre>
 *  1 .. 2^30 - 1         durable queues, counted up for ever: the next number is part of the checkpoint
 *  2^30 .. 2^31 - 1      queues that end with the process; counted up from the start after each restart,
 *                        and again, past those in use, when the range is used up
 *  2^31 .. 2^62          durable queues again: a million declared each second would last for 146,000 years
 * </pre>
 *
 * <p>No durable queue's number is given twice, since records that name a queue may outlive it. A durable record that
 * names a number of the second range means a queue that is gone. Brokers that knew only the first two ranges refuse a
 * directory in which the third has begun.
 */
public final class QueueNumbers {
    static final long FIRST = 1;
    static final long LAST = 1L << 62;

    private static final long TRANSIENT_FIRST = 1L << 30;
    private static final long TRANSIENT_LAST = (1L << 31) - 1;

    private long nextDurable = FIRST;
    private long nextTransient = TRANSIENT_FIRST;

    QueueNumbers() {}

    /** Whether the queue of that number does not outlive the process. */
    public static boolean isTransient(long number) {
        return number >= TRANSIENT_FIRST && number <= TRANSIENT_LAST;
    }

    /** The number for the next durable queue; the same until {@link #used} is told that it was taken. */
    long nextDurable() {
        if (nextDurable > LAST) {
            throw new RefusedException(new Refusal.LimitReached("durable queues declared since the first start", LAST));
        }
        return nextDurable;
    }

    /** What a checkpoint keeps: no durable queue had this number or a higher one. */
    long firstUnusedDurable() {
        return nextDurable;
    }

    /** The number for the next queue that is not durable. */
    long nextTransient(LongPredicate inUse) {
        long next = nextTransient;
        while (inUse.test(next)) {
            next = after(next);
        }
        return next;
    }

    void used(long number) {
        if (isTransient(number)) {
            nextTransient = after(number);
        } else {
            countDurableFrom(number + 1);
        }
    }

    /** Goes on as a checkpoint says: {@link #firstUnusedDurable} as it was then. */
    void countDurableFrom(long number) {
        long past = isTransient(number) ? TRANSIENT_LAST + 1 : number;
        nextDurable = Math.max(nextDurable, past);
    }

    private static long after(long transientNumber) {
        return transientNumber == TRANSIENT_LAST ? TRANSIENT_FIRST : transientNumber + 1;
    }
}
