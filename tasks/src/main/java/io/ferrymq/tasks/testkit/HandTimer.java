package io.ferrymq.tasks.testkit;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker's timer that goes by a {@link TestClock}. Any thread; what is due runs on that of whoever advances the clock. */
final class HandTimer extends AbstractExecutorService implements ScheduledExecutorService {
    private final TestClock clock;

    /** Written by who shuts down, read by who schedules. */
    private volatile boolean ended;

    HandTimer(TestClock clock) {
        this.clock = clock;
    }

    private <V extends @Nullable Object> ScheduledFuture<V> add(
            Callable<V> work, Duration delay, @Nullable Duration period) {
        if (ended) {
            throw new RejectedExecutionException("the worker was closed");
        }
        Duration wait = delay.isNegative() ? Duration.ZERO : delay;
        TimerEntry<V> entry =
                new TimerEntry<>(clock, this, work, clock.instant().plus(wait), period);
        clock.add(entry);
        return entry;
    }

    private static Duration of(long count, TimeUnit unit) {
        return Duration.of(count, unit.toChronoUnit());
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable work, long delay, TimeUnit unit) {
        return add(Executors.callable(work), of(delay, unit), null);
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> work, long delay, TimeUnit unit) {
        return add(work, of(delay, unit), null);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable work, long first, long period, TimeUnit unit) {
        return add(Executors.callable(work), of(first, unit), of(period, unit));
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable work, long first, long delay, TimeUnit unit) {
        return scheduleAtFixedRate(work, first, delay, unit);
    }

    @Override
    public void execute(Runnable work) {
        ScheduledFuture<?> unused = schedule(work, 0, TimeUnit.NANOSECONDS);
    }

    @Override
    public void shutdown() {
        ended = true;
    }

    @Override
    public List<Runnable> shutdownNow() {
        ended = true;
        clock.removeAll(this);
        return List.of();
    }

    @Override
    public boolean isShutdown() {
        return ended;
    }

    @Override
    public boolean isTerminated() {
        return ended;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return ended;
    }
}
