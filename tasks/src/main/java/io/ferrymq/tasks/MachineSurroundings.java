package io.ferrymq.tasks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The real clock, real threads, real chance. Any thread. */
final class MachineSurroundings implements Surroundings {
    private final Clock clock = Clock.systemUTC();
    private final Random random = new Random();

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
        return Threads.forCalls(worker);
    }

    @Override
    public ScheduledExecutorService timer(String worker) {
        return Executors.newSingleThreadScheduledExecutor(Threads.named(worker + "-timer"));
    }

    @Override
    public Duration until(Instant moment) {
        return Duration.between(clock.instant(), moment);
    }

    /** What is attached to a promise may take its time, and must not take that of the thread that messages come in on. */
    @Override
    public Executor completions() {
        return ForkJoinPool.commonPool();
    }

    @Override
    public TaskListener listener() {
        return TaskListener.NONE;
    }

    @Override
    public void sent() {}

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> promise, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException {
        return promise.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }
}
