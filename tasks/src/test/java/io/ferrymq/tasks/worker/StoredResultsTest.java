package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Results that the broker keeps, read by other programs than the caller's. */
@Timeout(120)
final class StoredResultsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final TaskOptions STORED =
            TaskOptions.builder().storeResult(Duration.ofMinutes(5)).build();

    private final String uri = "memory:" + UUID.randomUUID();
    private final Tasks tasks = Tasks.open(uri);
    private final Tasks other = Tasks.open(uri);
    private Worker worker;

    @BeforeEach
    void start() {
        worker = Worker.start(
                tasks, WorkerOptions.defaults(tasks.host()).withConcurrency(2).withGrace(Duration.ofMillis(50)));
    }

    @AfterEach
    void close() {
        worker.close();
        other.close();
        tasks.close();
    }

    private Task<Integer> add() {
        return tasks.define("add", Integer.class, STORED, call -> call.argument(0, Integer.class) + 1);
    }

    @Test
    void anyProgramReadsAResultByItsIdAndAgain() throws InterruptedException, TimeoutException {
        add().call(41).taskId("the-call").send().get(PATIENCE);
        for (int i = 0; i < 3; i++) {
            assertThat(other.result("the-call", Integer.class).get(PATIENCE)).isEqualTo(42);
        }
    }

    @Test
    void aReaderMayWaitBeforeThereIsAResult() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> early = other.result("later", Integer.class);
        AsyncResult<Integer> another = tasks.result("later", Integer.class);
        assertThatThrownBy(() -> early.get(Duration.ofMillis(50))).isInstanceOf(TimeoutException.class);
        assertThat(early.ready()).isFalse();
        add().call(1).taskId("later").send();
        assertThat(early.get(PATIENCE)).isEqualTo(2);
        assertThat(another.get(PATIENCE)).isEqualTo(2);
    }

    @Test
    void aFailureIsKept() throws InterruptedException {
        Task<Integer> fail = tasks.define("fail", Integer.class, STORED, call -> {
            throw new IOException("as asked");
        });
        fail.call().taskId("failed").send();
        assertThatThrownBy(() -> other.result("failed", Integer.class).get(PATIENCE))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("as asked");
    }

    @Test
    void aResultIsNotKeptLongerThanAsked() throws InterruptedException, TimeoutException {
        TaskOptions shortly =
                TaskOptions.builder().storeResult(Duration.ofMillis(1)).build();
        Task<Integer> one = tasks.define("one", Integer.class, shortly, call -> 1);
        one.call().taskId("short").send().get(PATIENCE);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(gone("celery.result.short")).isTrue());
    }

    private boolean gone(String queue) {
        return tasks.transport()
                .inspect(queue)
                .handle((state, problem) -> problem != null)
                .join();
    }

    @Test
    void aThousandReadersFindTheirResultsAtOnce() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        List<AsyncResult<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(add.delay(i));
        }
        for (AsyncResult<Integer> call : calls) {
            call.get(PATIENCE);
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(other.result(calls.get(i).id(), Integer.class).get(PATIENCE))
                    .isEqualTo(i + 1);
        }
    }

    @Test
    void forgettingDeletesIt() throws InterruptedException, TimeoutException {
        add().call(1).taskId("forgotten").send().get(PATIENCE);
        AsyncResult<Integer> read = other.result("forgotten", Integer.class);
        read.get(PATIENCE);
        read.forget();
        await().atMost(PATIENCE).until(() -> gone("celery.result.forgotten"));
    }

    @Test
    void allTasksOfAProgramMayStoreTheirs() throws InterruptedException, TimeoutException {
        tasks.storeResults(Duration.ofMinutes(1));
        Task<Integer> twice = tasks.define("twice", Integer.class, Integer.class, number -> 2 * number);
        twice.call(4).taskId("of-all").send();
        assertThat(other.result("of-all", Integer.class).get(PATIENCE)).isEqualTo(8);
    }

    @Test
    void moreReadersThanThereIsRoomForTakeTurns() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        List<AsyncResult<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            readers.add(other.result("call-" + i, Integer.class));
        }
        for (int i = 0; i < 1_500; i++) {
            add.call(i).taskId("call-" + i).send();
        }
        for (int i = 0; i < 1_500; i++) {
            assertThat(readers.get(i).get(PATIENCE)).isEqualTo(i + 1);
        }
    }

    @Test
    void closingEndsWhatIsReadAndWhatWaitsForThat() {
        List<AsyncResult<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            readers.add(other.result("never-" + i, Integer.class));
        }
        other.close();
        await().atMost(PATIENCE).until(() -> readers.stream().allMatch(AsyncResult::failed));
    }
}
