package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.DuplicateCallException;
import io.ferrymq.tasks.Step;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskCall;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What tasks promise with any broker: chords, stored results, unique calls, and what becomes of calls whose workers die. */
@Timeout(300)
abstract class TasksContract {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final String queue = "conf-tasks-" + UUID.randomUUID();
    private final List<Process> processes = new ArrayList<>();
    private Tasks tasks;

    protected abstract String uri();

    @BeforeEach
    void open() {
        tasks = Tasks.open(uri());
    }

    @AfterEach
    void close() {
        processes.forEach(Process::destroyForcibly);
        tasks.transport().deleteQueue(queue).join();
        tasks.transport().deleteQueue(queue + ".parked").join();
        tasks.close();
    }

    private Process startProcess() throws IOException {
        Process started = HaltingWorker.start(uri(), queue);
        processes.add(started);
        return started;
    }

    private Worker startWorker() {
        return Worker.start(
                tasks,
                WorkerOptions.defaults(tasks.host())
                        .named(queue + "@here")
                        .onQueues(queue)
                        .withConcurrency(4)
                        .withGrace(Duration.ofMillis(50)));
    }

    private TaskCall<Integer> number(int number) {
        return tasks.task("number", Integer.class).call(number).queue(queue);
    }

    private void defineNumber() {
        tasks.define("number", Integer.class, Integer.class, number -> number);
    }

    @Test
    void aCallThatHaltsItsWorkerIsParkedInTheEnd() throws IOException, InterruptedException {
        AsyncResult<String> result =
                tasks.task("halt", String.class).call().queue(queue).send();
        for (int i = 0; i < 3; i++) {
            assertThat(startProcess().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        startProcess();
        assertThatThrownBy(() -> result.get(PATIENCE)).hasMessageContaining("WorkerLostError");
        BlockingQueue<Delivery> parked = new LinkedBlockingQueue<>();
        tasks.transport()
                .consume(ConsumeSpec.shared(queue + ".parked", 0), parked::add)
                .join();
        Delivery message = parked.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(message).isNotNull();
        assertThat(message.properties().headers())
                .containsEntry("id", result.id())
                .containsEntry("x-ferry-parked-reason", "its worker was lost 3 times");
    }

    @Test
    void aChordWhoseWorkerIsKilledIsJoinedByAnother() throws IOException, InterruptedException, TimeoutException {
        List<Step<Integer>> header = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            header.add(number(i));
        }
        TaskCall<Integer> gate = tasks.task("gate", Integer.class).call().queue(queue + "-gate");
        header.add(gate);
        Process killed = startProcess();
        AsyncResult<Integer> body = tasks.chord(
                        header, tasks.task("count", Integer.class).call().queue(queue + "-gate"))
                .send();
        await().atMost(PATIENCE)
                .until(() ->
                        body.before().stream().filter(AsyncResult::successful).count() == 200);
        killed.destroyForcibly().waitFor();
        tasks.define("gate", Integer.class, TaskOptions.DEFAULTS, call -> 1);
        tasks.define(
                "count",
                Integer.class,
                TaskOptions.DEFAULTS,
                call -> call.argument(0, List.class).size());
        try (Worker worker =
                Worker.start(tasks, WorkerOptions.defaults(tasks.host()).onQueues(queue + "-gate"))) {
            assertThat(body.get(PATIENCE)).isEqualTo(201);
        } finally {
            tasks.transport().deleteQueue(queue + "-gate").join();
        }
    }

    @Test
    void chordsNestAndFollowEachOther() throws InterruptedException, TimeoutException {
        defineNumber();
        Task<Integer> sum = tasks.define("sum", List.class, Integer.class, numbers -> {
            int total = 0;
            for (Object number : numbers) {
                total += ((Number) number).intValue();
            }
            return total;
        });
        try (Worker worker = startWorker()) {
            Step<Integer> inner =
                    tasks.chord(List.of(number(1), number(2)), sum.call().queue(queue));
            assertThat(tasks.chord(List.of(inner, number(4)), sum.call().queue(queue))
                            .then(tasks.group(List.of(
                                    tasks.task("number", Integer.class).call().queue(queue),
                                    tasks.task("number", Integer.class).call().queue(queue))))
                            .then(sum.call().queue(queue))
                            .send()
                            .get(PATIENCE))
                    .isEqualTo(14);
        }
    }

    @Test
    void resultsAreKeptForOtherPrograms() throws InterruptedException, TimeoutException {
        tasks.storeResults(LONG);
        defineNumber();
        String id = UUID.randomUUID().toString();
        try (Tasks other = Tasks.open(uri());
                Worker worker = startWorker()) {
            AsyncResult<Integer> early = other.result(id, Integer.class);
            number(7).taskId(id).send();
            assertThat(early.get(PATIENCE)).isEqualTo(7);
            assertThat(other.result(id, Integer.class).get(PATIENCE)).isEqualTo(7);
            AsyncResult<Integer> again = other.result(id, Integer.class);
            assertThat(again.get(PATIENCE)).isEqualTo(7);
            again.forget();
        }
    }

    @Test
    void aKeptResultOutlivesItsProgram() throws InterruptedException, TimeoutException {
        String id = UUID.randomUUID().toString();
        try (Tasks first = Tasks.open(uri())) {
            first.storeResults(LONG);
            first.define("number", Integer.class, Integer.class, number -> number);
            try (Worker worker =
                    Worker.start(first, WorkerOptions.defaults(first.host()).onQueues(queue))) {
                first.task("number", Integer.class)
                        .call(8)
                        .queue(queue)
                        .taskId(id)
                        .send()
                        .get(PATIENCE);
            }
        }
        AsyncResult<Integer> read = tasks.result(id, Integer.class);
        assertThat(read.get(PATIENCE)).isEqualTo(8);
        read.forget();
    }

    @Test
    void oneOfManyCallersIsFirst() throws InterruptedException, TimeoutException {
        try (Tasks other = Tasks.open(uri())) {
            List<AsyncResult<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Tasks caller = i % 2 == 0 ? tasks : other;
                calls.add(caller.task("number", Integer.class)
                        .call(1)
                        .queue(queue)
                        .uniqueFor(LONG)
                        .uniqueKey(queue)
                        .send());
            }
            await().atMost(PATIENCE)
                    .until(() -> calls.stream().filter(AsyncResult::failed).count() == 19);
            AsyncResult<Integer> first =
                    calls.stream().filter(call -> !call.failed()).findFirst().orElseThrow();
            assertThatThrownBy(() ->
                            number(1).uniqueFor(LONG).uniqueKey(queue).send().get(PATIENCE))
                    .isInstanceOfSatisfying(
                            DuplicateCallException.class,
                            duplicate -> assertThat(duplicate.firstId()).contains(first.id()));
            defineNumber();
            try (Worker worker = startWorker()) {
                assertThat(first.get(PATIENCE)).isEqualTo(1);
                assertThat(number(1).uniqueFor(LONG).uniqueKey(queue).send().get(PATIENCE))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void theLockOfAKilledWorkersCallIsFreeAfterItsTime() throws IOException, InterruptedException {
        Duration time = Duration.ofSeconds(2);
        TaskCall<String> block = tasks.task("block", String.class)
                .call()
                .queue(queue)
                .uniqueFor(time)
                .uniqueKey(queue);
        Process killed = startProcess();
        AsyncResult<String> first = block.send();
        killed.destroyForcibly().waitFor();
        await().atMost(PATIENCE).until(() -> {
            AsyncResult<String> next = block.send();
            await().atMost(PATIENCE)
                    .until(() -> next.failed()
                            || tasks.transport().inspect(queue).join().ready() > 1);
            return !next.failed();
        });
        assertThat(first.ready()).isFalse();
    }
}
