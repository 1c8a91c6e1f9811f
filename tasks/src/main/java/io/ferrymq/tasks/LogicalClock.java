package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lamport's clock, by which Celery's programs put events and commands in an order: it counts with each message that is
 * sent, and is never behind one that came. Any thread.
 */
public final class LogicalClock {
    /** Beyond this a peer's clock is taken for a fault, so that it cannot run ours over. */
    private static final long MAX = 1L << 52;

    private final AtomicLong time = new AtomicLong();

    /** The time of something that happens now, later than all before. */
    public long forward() {
        return time.incrementAndGet();
    }

    /** The time of what happened last. */
    public long now() {
        return time.get();
    }

    /**
     * A message came with a time of its sender's; what is no time is as good as none.
     *
     * @throws BadMessageException if the time cannot be one
     */
    public void adjust(@Nullable Object sent) {
        if (sent instanceof Number number) {
            long other = number.longValue();
            if (other < 0 || other > MAX) {
                throw new BadMessageException("a logical time of " + other);
            }
            time.accumulateAndGet(other, (own, theirs) -> Math.max(own, theirs) + 1);
        }
    }
}
