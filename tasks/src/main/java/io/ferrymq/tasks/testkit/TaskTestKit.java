package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Tasks;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Tasks, a worker and a clock in a test's own hands: no broker, no threads, no waiting, and each time the same.
 *
 * <pre>{@code
 * try (TaskTestKit kit = TaskTestKit.create()) {
 *     Task<String> remind = kit.tasks().define("remind", String.class, String.class, name -> "hello " + name);
 *     AsyncResult<String> result = remind.call("Ada").countdown(Duration.ofHours(1)).send();
 *     kit.worker().runAll();                      // 0: it is not due
 *     kit.clock().advance(Duration.ofHours(1));
 *     kit.worker().runAll();                      // 1
 *     result.get(Duration.ZERO);                  // hello Ada
 * }
 * }</pre>
 *
 * <p>The messages and the worker are the real ones. A promise that is not fulfilled is not waited for: {@code get} says so
 * at once. One thread.
 */
public final class TaskTestKit implements AutoCloseable {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Tasks tasks;
    private final TestClock clock;
    private final TestWorker worker;

    private TaskTestKit(long seed) {
        Parts parts = new Parts();
        this.clock = parts.clock;
        Queue<RanCall> ran = new ConcurrentLinkedQueue<>();
        Jobs jobs = new Jobs();
        this.tasks = Tasks.over(
                parts.broker.open(),
                new HandSurroundings(parts.broker, clock, jobs, seed, new TestWorker.Notes(clock, ran)));
        this.worker = new TestWorker(parts.broker, clock, jobs, tasks, ran);
    }

    /** A kit whose clock says the beginning of 2026. */
    public static TaskTestKit create() {
        return create(0);
    }

    /** A kit whose jitter comes from that seed. */
    public static TaskTestKit create(long seed) {
        return new TaskTestKit(seed);
    }

    /** What the program under test gets. */
    public Tasks tasks() {
        return tasks;
    }

    public TestWorker worker() {
        return worker;
    }

    public TestClock clock() {
        return clock;
    }

    @Override
    public void close() {
        worker.close();
        tasks.close();
    }

    /** The clock and the broker, which know each other. */
    private static final class Parts {
        private final TestClock clock = new TestClock(START, this::moved);
        private final LocalBroker broker = new LocalBroker(clock);

        /** The broker has messages that expire. */
        private void moved() {
            broker.pumpAll();
        }
    }
}
