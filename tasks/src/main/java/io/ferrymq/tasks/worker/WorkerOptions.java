package io.ferrymq.tasks.worker;

import java.time.Duration;
import java.util.List;

/**
 * How a worker works.
 *
 * @param name as others see it, such as {@code celery@host}; unique among workers
 * @param queues where it takes calls from
 * @param concurrency how many calls run at a time
 * @param prefetchMultiplier for each of them, how many calls wait here; more while calls are so short that they are
 *     worth less than 50 ms together, up to 128
 * @param grace how long running calls may take when the worker stops, before they are interrupted
 */
public record WorkerOptions(String name, List<String> queues, int concurrency, int prefetchMultiplier, Duration grace) {
    public WorkerOptions {
        queues = List.copyOf(queues);
        if (queues.isEmpty() || concurrency < 1 || prefetchMultiplier < 1) {
            throw new IllegalArgumentException("a worker needs a queue, a concurrency and a prefetch multiplier");
        }
    }

    /** Celery's queue and multiplier, one call at a time for each processor. */
    public static WorkerOptions defaults(String host) {
        return new WorkerOptions(
                "java@" + host,
                List.of("celery"),
                Runtime.getRuntime().availableProcessors(),
                4,
                Duration.ofSeconds(30));
    }

    public WorkerOptions named(String newName) {
        return new WorkerOptions(newName, queues, concurrency, prefetchMultiplier, grace);
    }

    public WorkerOptions onQueues(String... names) {
        return new WorkerOptions(name, List.of(names), concurrency, prefetchMultiplier, grace);
    }

    public WorkerOptions withConcurrency(int calls) {
        return new WorkerOptions(name, queues, calls, prefetchMultiplier, grace);
    }

    public WorkerOptions withGrace(Duration time) {
        return new WorkerOptions(name, queues, concurrency, prefetchMultiplier, time);
    }
}
