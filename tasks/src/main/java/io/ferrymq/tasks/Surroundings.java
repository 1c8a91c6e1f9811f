package io.ferrymq.tasks;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What tasks and workers take from the machine: time, threads, chance. {@link #ofTheMachine} is the real thing; the test
 * kit has others, in which nothing happens by itself. Any thread.
 */
public interface Surroundings {
    /** The clock of the machine, and threads of its own for each worker. */
    static Surroundings ofTheMachine() {
        return new MachineSurroundings();
    }

    Clock clock();

    /** For measuring how long something takes. */
    long nanoTime();

    /** Decides what jitter decides. */
    RandomGenerator random();

    /** What a worker of that name runs bodies on; the worker shuts it down. */
    ExecutorService threads(String worker);

    /** What a worker of that name keeps times and limits with; the worker shuts it down. */
    ScheduledExecutorService timer(String worker);

    /** How long to wait for a moment; zero or less if it has come. */
    Duration until(Instant moment);

    /** What fulfils promises: whatever is attached to them runs there. */
    Executor completions();

    /** Hears what became of every call that runs in these surroundings. */
    TaskListener listener();

    /** Called after a call was sent by a program, not by a worker on its behalf. */
    void sent();

    /** Waits for a promise. */
    <T extends @Nullable Object> T await(CompletableFuture<T> promise, Duration timeout)
            throws InterruptedException, ExecutionException, TimeoutException;
}
