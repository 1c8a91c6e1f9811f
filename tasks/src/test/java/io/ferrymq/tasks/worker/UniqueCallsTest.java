package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.DuplicateCallException;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls of which one at a time waits or runs. */
@Timeout(120)
final class UniqueCallsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final String uri = "memory:" + UUID.randomUUID();
    private final Tasks tasks = Tasks.open(uri);
    private final Tasks other = Tasks.open(uri);
    private @Nullable Worker worker;

    @AfterEach
    void close() {
        if (worker != null) {
            worker.close();
        }
        other.close();
        tasks.close();
    }

    private void startWorker() {
        worker = Worker.start(
                tasks, WorkerOptions.defaults(tasks.host()).withConcurrency(2).withGrace(Duration.ofMillis(50)));
    }

    private Task<Integer> unique() {
        return tasks.define(
                "unique",
                Integer.class,
                TaskOptions.builder().uniqueFor(LONG).storeResult(LONG).build(),
                call -> call.argument(0, Integer.class) + 1);
    }

    @Test
    void aSecondCallIsRefusedWithTheIdOfTheFirst() throws InterruptedException, TimeoutException {
        Task<Integer> unique = unique();
        AsyncResult<Integer> first = unique.delay(1);
        assertThatThrownBy(() -> unique.delay(1).get(PATIENCE))
                .isInstanceOfSatisfying(
                        DuplicateCallException.class,
                        duplicate -> assertThat(duplicate.firstId()).contains(first.id()));
        AsyncResult<Integer> another = unique.delay(2);
        startWorker();
        assertThat(first.get(PATIENCE)).isEqualTo(2);
        assertThat(another.get(PATIENCE)).isEqualTo(3);
    }

    @Test
    void theNextCallIsTakenWhenTheFirstHasEnded() throws InterruptedException, TimeoutException {
        Task<Integer> unique = unique();
        startWorker();
        for (int i = 0; i < 10; i++) {
            assertThat(unique.delay(1).get(PATIENCE)).isEqualTo(2);
        }
    }

    @Test
    void aFailureLetsGoAndARetryDoesNot() {
        AtomicInteger runs = new AtomicInteger();
        TaskOptions options = TaskOptions.builder()
                .uniqueFor(LONG)
                .retriesMax(1)
                .retryFor(IOException.class)
                .retryDelay(Duration.ofMillis(1), Duration.ofMillis(1))
                .build();
        List<Boolean> refused = new ArrayList<>();
        List<Task<Integer>> self = new ArrayList<>();
        Task<Integer> task = tasks.define("failing", Integer.class, options, call -> {
            if (runs.incrementAndGet() == 2) {
                try {
                    self.get(0).delay().get(PATIENCE);
                } catch (DuplicateCallException e) {
                    refused.add(true);
                }
            }
            throw new IOException("as asked");
        });
        self.add(task);
        startWorker();
        assertThatThrownBy(() -> task.delay().get(PATIENCE)).hasMessageContaining("as asked");
        assertThat(runs).hasValue(2);
        assertThat(refused).containsExactly(true);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() ->
                        assertThatThrownBy(() -> task.delay().get(PATIENCE)).hasMessageContaining("as asked"));
    }

    @Test
    void argumentsByNameAreTheSameInAnyOrderAndAKeyStandsForAll() throws InterruptedException, TimeoutException {
        Task<Integer> unique = unique();
        AsyncResult<Integer> first = unique.call(List.of(1), Map.of("a", Map.of("x", 1, "y", 2), "b", 2))
                .send();
        assertThatThrownBy(() -> other.task("unique", Integer.class)
                        .call(List.of(1), Map.of("b", 2, "a", Map.of("y", 2, "x", 1)))
                        .uniqueFor(LONG)
                        .send()
                        .get(PATIENCE))
                .isInstanceOf(DuplicateCallException.class);
        AsyncResult<Integer> keyed = unique.call(10).uniqueKey("customer-7").send();
        assertThatThrownBy(() -> unique.call(20).uniqueKey("customer-7").send().get(PATIENCE))
                .isInstanceOf(DuplicateCallException.class);
        startWorker();
        assertThat(first.get(PATIENCE)).isEqualTo(2);
        assertThat(keyed.get(PATIENCE)).isEqualTo(11);
    }

    @Test
    void ofManyCallersOneIsFirst() {
        Task<Integer> unique = unique();
        List<AsyncResult<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            calls.add((i % 2 == 0
                            ? unique.call(1)
                            : other.task("unique", Integer.class).call(1).uniqueFor(LONG))
                    .send());
        }
        await().atMost(PATIENCE)
                .until(() -> calls.stream().filter(AsyncResult::failed).count() == 49);
        startWorker();
        await().atMost(PATIENCE)
                .until(() -> calls.stream().filter(AsyncResult::successful).count() == 1);
    }

    @Test
    void aSecondCallMayAttachToTheFirst() throws InterruptedException, TimeoutException {
        Task<Integer> unique = unique();
        AsyncResult<Integer> first = unique.delay(1);
        AsyncResult<Integer> second = unique.call(1).attachToFirst().send();
        startWorker();
        assertThat(second.get(PATIENCE)).isEqualTo(2);
        assertThat(first.get(PATIENCE)).isEqualTo(2);
    }

    @Test
    void aLockWhoseHolderDiedExpires() {
        Task<Integer> brief = tasks.task("brief", Integer.class);
        AsyncResult<Integer> first =
                brief.call().uniqueFor(Duration.ofMillis(300)).send();
        await().atMost(PATIENCE)
                .until(() -> tasks.transport().inspect("celery").join().ready() == 1);
        tasks.transport().deleteQueue("celery").join();
        await().atMost(PATIENCE).until(() -> {
            AsyncResult<Integer> next = other.task("brief", Integer.class)
                    .call()
                    .uniqueFor(Duration.ofMillis(300))
                    .send();
            await().atMost(PATIENCE)
                    .until(() -> next.failed()
                            || other.transport()
                                    .inspect("celery")
                                    .handle((state, problem) -> problem == null && state.ready() > 0)
                                    .join());
            return !next.failed();
        });
        assertThat(first.ready()).isFalse();
    }

    @Test
    void aRevokedCallLetsGo() throws InterruptedException, TimeoutException {
        Task<Integer> unique = unique();
        AsyncResult<Integer> expired = unique.call(1).expires(Duration.ZERO).send();
        startWorker();
        assertThatThrownBy(() -> expired.get(PATIENCE)).hasMessageContaining("expired");
        assertThat(unique.delay(1).get(PATIENCE)).isEqualTo(2);
    }
}
