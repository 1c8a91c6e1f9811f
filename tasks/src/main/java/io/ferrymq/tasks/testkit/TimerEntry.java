package io.ferrymq.tasks.testkit;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Something to be done when a {@link TestClock} comes to a moment, and perhaps again and again from then on. */
final class TimerEntry<V extends @Nullable Object> extends FutureTask<V> implements RunnableScheduledFuture<V> {
    private final TestClock clock;
    private final HandTimer timer;
    private final @Nullable Duration period;
    private final long number;
    /** Changed only while it is not on the agenda. */
    private Instant at;

    TimerEntry(TestClock clock, HandTimer timer, Callable<V> work, Instant at, @Nullable Duration period) {
        super(work);
        this.clock = clock;
        this.timer = timer;
        this.period = period;
        this.number = clock.nextNumber();
        this.at = at;
    }

    Instant at() {
        return at;
    }

    boolean isOf(HandTimer other) {
        return timer == other;
    }

    @Override
    public void run() {
        if (period == null) {
            super.run();
        } else if (runAndReset()) {
            at = at.plus(period);
            clock.add(this);
        }
    }

    @Override
    public boolean isPeriodic() {
        return period != null;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        clock.remove(this);
        return super.cancel(mayInterruptIfRunning);
    }

    @Override
    public long getDelay(TimeUnit unit) {
        return unit.convert(Duration.between(clock.instant(), at));
    }

    @Override
    public int compareTo(Delayed delayed) {
        TimerEntry<?> other = (TimerEntry<?>) delayed;
        int order = at.compareTo(other.at);
        return order == 0 ? Long.compare(number, other.number) : order;
    }
}
