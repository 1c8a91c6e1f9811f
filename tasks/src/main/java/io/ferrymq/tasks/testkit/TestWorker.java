package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Call;
import io.ferrymq.tasks.TaskListener;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.TaskMessageFormat;
import io.ferrymq.tasks.message.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A worker that a test turns by hand. It takes the calls of all queues of a kit, as long as their tasks are defined there,
 * and runs one at a time, on the thread of whoever turns. One thread.
 */
public final class TestWorker {
    private static final int CALLS_MAX = 10_000;

    private final LocalBroker broker;
    private final TestClock clock;
    private final Jobs jobs;
    private final WorkersOnDemand workers;
    private final Queue<RanCall> ran;

    TestWorker(LocalBroker broker, TestClock clock, Jobs jobs, Tasks tasks, Queue<RanCall> ran) {
        this.broker = broker;
        this.clock = clock;
        this.jobs = jobs;
        this.ran = ran;
        this.workers = new WorkersOnDemand(broker, tasks, 1, name -> tasks.definition(name) != null);
    }

    // ---- turning ----

    /** Takes the next call that is due, and returns when it has ended; false if there is none. */
    public boolean runNext() {
        workers.start();
        clock.advance(Duration.ZERO);
        return jobs.runNext();
    }

    /**
     * Takes calls until none is due, those included that come from them; returns how many.
     *
     * @throws IllegalStateException after {@value #CALLS_MAX}, so that a task which calls itself does not go on for ever
     */
    public int runAll() {
        int count = 0;
        while (runNext()) {
            count++;
            if (count == CALLS_MAX) {
                throw new IllegalStateException(
                        CALLS_MAX + " calls ran, and there are more: perhaps a task calls itself");
            }
        }
        return count;
    }

    void close() {
        workers.close();
    }

    // ---- what there is to run ----

    /** The calls that are due, those of other programs' tasks included, queue by queue. */
    public List<WaitingCall> waiting() {
        return calls().stream().filter(call -> !isLater(call)).toList();
    }

    /** The calls that wait for their time, retries included, the earliest first. */
    public List<WaitingCall> scheduled() {
        return calls().stream()
                .filter(this::isLater)
                .sorted(Comparator.comparing(call -> Objects.requireNonNull(call.due())))
                .toList();
    }

    private boolean isLater(WaitingCall call) {
        return call.due() != null && call.due().isAfter(clock.instant());
    }

    private List<WaitingCall> calls() {
        return broker.ask(() -> {
                    List<WaitingCall> calls = new ArrayList<>();
                    for (LocalQueue queue : broker.queues()) {
                        queue.entries().stream()
                                .filter(WorkersOnDemand::isCall)
                                .forEach(entry -> add(queue.name(), entry, calls));
                    }
                    return calls;
                })
                .join();
    }

    /** A message that a worker would reject is no call. */
    private static void add(String queue, LocalQueue.Entry entry, List<WaitingCall> calls) {
        try {
            calls.add(WaitingCall.of(queue, TaskMessageFormat.decode(WireMessages.of(entry.properties, entry.body))));
        } catch (BadMessageException e) {
            // The worker says so when it comes to it.
        }
    }

    // ---- what ran ----

    /** What became of every call so far, in order; one that was tried again is there once for each time. */
    public List<RanCall> ran() {
        return List.copyOf(ran);
    }

    /** Those that failed for good. */
    public List<RanCall> failed() {
        return in(TaskState.FAILURE);
    }

    /** Those that failed and are, or were, tried again. */
    public List<RanCall> retried() {
        return in(TaskState.RETRY);
    }

    private List<RanCall> in(TaskState state) {
        return ran.stream().filter(call -> call.state() == state).toList();
    }

    /** Notes what became of calls. */
    static final class Notes implements TaskListener {
        private final TestClock clock;
        private final Queue<RanCall> ran;

        Notes(TestClock clock, Queue<RanCall> ran) {
            this.clock = clock;
            this.ran = ran;
        }

        private void add(
                Call call,
                TaskState state,
                @Nullable Object result,
                @Nullable Throwable cause,
                @Nullable Duration delay) {
            Instant at = clock.instant();
            ran.add(new RanCall(call, state, result, cause, delay, at));
        }

        @Override
        public void succeeded(Call call, @Nullable Object result) {
            add(call, TaskState.SUCCESS, result, null, null);
        }

        @Override
        public void failed(Call call, Throwable cause) {
            add(call, TaskState.FAILURE, null, cause, null);
        }

        @Override
        public void retried(Call call, Throwable cause, Duration delay) {
            add(call, TaskState.RETRY, null, cause, delay);
        }

        @Override
        public void revoked(Call call, String reason) {
            add(call, TaskState.REVOKED, null, null, null);
        }
    }
}
