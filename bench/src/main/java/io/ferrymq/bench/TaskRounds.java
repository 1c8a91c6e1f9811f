package io.ferrymq.bench;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.TaskMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Single rounds of what {@link TasksBench} measures of workers. One thread. */
final class TaskRounds {
    private static final Duration ANSWER_MAX = Duration.ofMinutes(5);
    private static final int UNCONFIRMED_MAX = 1_000;

    /** The last tasks of a queue are called with a result, so that their end is seen. */
    private static final int LAST = 8;

    private static final long LONGEST_MICROS = 60_000_000;

    /** How a full queue was worked off. */
    record Drained(double perSecond, double workerCpuMicros, double workerMegabytes) {}

    private final Tasks tasks;

    TaskRounds(Tasks tasks) {
        this.tasks = tasks;
    }

    private Task<Void> noop() {
        return tasks.task(TaskWorker.NOOP, Void.class);
    }

    /** Waits until a worker answers. */
    void awaitReady(TaskWorker worker) throws InterruptedException, TimeoutException {
        noop().call().queue(worker.queue()).send().get(ANSWER_MAX);
    }

    /**
     * Fills a queue in front of a running worker whose slots are held, then lets them go: from then to the end of the
     * last task.
     */
    Drained drain(TaskWorker worker, int count, Path directory)
            throws IOException, InterruptedException, TimeoutException {
        Path gate = directory.resolve("gate-" + UUID.randomUUID());
        for (int i = 0; i < TaskWorker.CONCURRENCY; i++) {
            tasks.task(TaskWorker.GATE, Void.class)
                    .call(gate.toString())
                    .queue(worker.queue())
                    .send();
        }
        fill(worker.queue(), count - LAST);
        List<AsyncResult<Void>> last = new ArrayList<>();
        for (int i = 0; i < LAST; i++) {
            last.add(noop().call().queue(worker.queue()).send());
        }
        long cpuBefore = worker.cpuNanos();
        Files.createFile(gate);
        long began = System.nanoTime();
        for (AsyncResult<Void> result : last) {
            result.get(ANSWER_MAX);
        }
        long nanos = System.nanoTime() - began;
        double cpuMicros = (worker.cpuNanos() - cpuBefore) / 1e3 / count;
        Files.delete(gate);
        return new Drained(count * 1e9 / nanos, cpuMicros, worker.residentBytes() / 1e6);
    }

    private void fill(String queue, int count) throws InterruptedException {
        Semaphore unconfirmed = new Semaphore(UNCONFIRMED_MAX);
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            unconfirmed.acquire();
            sent.add(tasks.deliver(withoutResult(), queue).whenComplete((done, problem) -> unconfirmed.release()));
        }
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).join();
    }

    private static TaskMessage withoutResult() {
        String id = UUID.randomUUID().toString();
        return new TaskMessage(
                id,
                TaskWorker.NOOP,
                List.of(),
                Map.of(),
                TaskMessage.Lineage.root(id),
                new TaskMessage.Timing(null, null, null, null),
                TaskMessage.FollowUp.NONE,
                "",
                0,
                0,
                true,
                null,
                "bench",
                Map.of());
    }

    /** Calls one after the other, each when the result of the one before is here. */
    Histogram oneAtATime(TaskWorker worker, int count) throws InterruptedException, TimeoutException {
        Histogram micros = histogram();
        for (int i = 0; i < count; i++) {
            long began = System.nanoTime();
            noop().call().queue(worker.queue()).send().get(ANSWER_MAX);
            micros.recordValue((System.nanoTime() - began) / 1_000);
        }
        return micros;
    }

    /** So many calls a second, evenly, whether or not results have come; each counts from when it was to be sent. */
    Histogram atRate(TaskWorker worker, int perSecond, int count) {
        Histogram micros = histogram();
        List<CompletableFuture<?>> results = new ArrayList<>();
        long stepNanos = 1_000_000_000 / perSecond;
        long due = System.nanoTime();
        for (int i = 0; i < count; i++) {
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            long intended = due;
            results.add(noop().call()
                    .queue(worker.queue())
                    .send()
                    .future()
                    .thenRun(() -> micros.recordValue((System.nanoTime() - intended) / 1_000)));
            due += stepNanos;
        }
        CompletableFuture.allOf(results.toArray(CompletableFuture[]::new)).join();
        return micros;
    }

    private static Histogram histogram() {
        return new ConcurrentHistogram(LONGEST_MICROS, 3);
    }
}
