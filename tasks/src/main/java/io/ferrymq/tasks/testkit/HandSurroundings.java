package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Surroundings;
import io.ferrymq.tasks.TaskListener;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Surroundings in which nothing happens by itself: a test turns the clock and the worker. */
final class HandSurroundings implements Surroundings {
    private final LocalBroker broker;
    private final TestClock clock;
    private final Jobs jobs;
    private final Random random;
    private final TaskListener listener;

    HandSurroundings(LocalBroker broker, TestClock clock, Jobs jobs, long seed, TaskListener listener) {
        this.broker = broker;
        this.clock = clock;
        this.jobs = jobs;
        this.random = new Random(seed);
        this.listener = listener;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        Instant now = clock.instant();
        return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public ExecutorService threads(String worker) {
        return jobs.threads();
    }

    @Override
    public ScheduledExecutorService timer(String worker) {
        return clock.timer();
    }

    @Override
    public Duration until(Instant moment) {
        return Duration.between(clock.instant(), moment);
    }

    @Override
    public Executor completions() {
        return broker::outside;
    }

    @Override
    public TaskListener listener() {
        return listener;
    }

    @Override
    public void sent() {}

    /** Does not wait: nobody else would make it come true. */
    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> promise, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        try {
            return promise.get(0, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            TimeoutException why = new TimeoutException(
                    "the call has not ended, and nothing runs by itself here: turn the worker, or advance the clock");
            why.initCause(e);
            throw why;
        }
    }
}
