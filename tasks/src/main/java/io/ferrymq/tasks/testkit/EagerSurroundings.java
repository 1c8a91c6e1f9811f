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

/** Surroundings in which every moment has come, and whoever sends a call runs what there is to run. */
final class EagerSurroundings implements Surroundings {
    private final Clock clock = Clock.systemUTC();
    /** It is never advanced: limits, heartbeats and the like do not happen. */
    private final TestClock standing = new TestClock(clock.instant(), () -> {});

    private final Random random = new Random();
    private final LocalBroker broker;
    private final Jobs jobs;
    private final Runnable runAll;

    EagerSurroundings(LocalBroker broker, Jobs jobs, Runnable runAll) {
        this.broker = broker;
        this.jobs = jobs;
        this.runAll = runAll;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
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
        return standing.timer();
    }

    @Override
    public Duration until(Instant moment) {
        return Duration.ZERO;
    }

    @Override
    public Executor completions() {
        return broker::outside;
    }

    @Override
    public TaskListener listener() {
        return TaskListener.NONE;
    }

    @Override
    public void sent() {
        runAll.run();
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> promise, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        runAll.run();
        return promise.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
