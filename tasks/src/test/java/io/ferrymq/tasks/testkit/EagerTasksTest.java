package io.ferrymq.tasks.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Chain;
import io.ferrymq.tasks.RetryRules;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskCall;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.TaskState;
import io.ferrymq.tasks.worker.Worker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that have run when {@code send} returns. */
final class EagerTasksTest {
    record Order(String customer, List<Integer> items) {}

    private final Tasks tasks = EagerTasks.open();
    private final List<Object> ran = new ArrayList<>();

    @AfterEach
    void close() {
        tasks.close();
    }

    private static <R> @Nullable R get(AsyncResult<R> result) throws InterruptedException, TimeoutException {
        assertThat(result.isDone()).isTrue();
        return result.get(Duration.ZERO);
    }

    private Task<Integer> add() {
        return tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
    }

    @Test
    void aCallHasRunWhenSendReturns() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> result = add().delay(4, 4);
        assertThat(result.state()).isEqualTo(TaskState.SUCCESS);
        assertThat(get(result)).isEqualTo(8);
    }

    @Test
    void runsOnTheCallersThread() throws InterruptedException, TimeoutException {
        Task<String> where =
                tasks.define("where", String.class, () -> Thread.currentThread().getName());
        assertThat(get(where.delay())).isEqualTo(Thread.currentThread().getName());
    }

    @Test
    void everyQueueIsServed() throws InterruptedException, TimeoutException {
        assertThat(get(add().call(1, 2).queue("a queue of its own").send())).isEqualTo(3);
    }

    @Test
    void argumentsGoThroughJson() throws InterruptedException, TimeoutException {
        Task<Integer> count = tasks.define(
                "count", Order.class, Integer.class, order -> order.items().size());
        assertThat(get(count.delay(new Order("Ada", List.of(1, 2, 3))))).isEqualTo(3);
        Task<Object> echo = tasks.define("echo", Object.class, Object.class, value -> value);
        assertThat(get(echo.delay(new Order("Ada", List.of())))).isInstanceOf(Map.class);
        assertThat(get(echo.delay(OffsetDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC))))
                .isEqualTo(OffsetDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC));
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThatThrownBy(() -> get(echo.delay(endless))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aFailureIsThatOfAWorker() {
        Task<String> fail = tasks.define("fail", String.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("no such file");
        });
        assertThatThrownBy(() -> get(fail.delay())).isInstanceOfSatisfying(TaskFailedException.class, failure -> {
            assertThat(failure.problem().type()).isEqualTo("IOException");
            assertThat(failure.traceback().orElseThrow()).contains("EagerTasksTest");
        });
    }

    @Test
    void aTaskThatNobodyDefinesFails() {
        assertThatThrownBy(() -> get(tasks.task("no.such.task", Object.class).delay()))
                .hasMessageContaining("NotRegistered")
                .hasMessageContaining("no.such.task");
    }

    @Test
    void countdownsAndRetriesAreNotWaitedFor() throws InterruptedException, TimeoutException {
        TaskOptions options = TaskOptions.builder()
                .retryFor(IOException.class)
                .retriesMax(RetryRules.UNLIMITED)
                .retryDelay(Duration.ofHours(1), Duration.ofHours(1))
                .build();
        Task<Integer> stubborn = tasks.define("stubborn", Integer.class, options, call -> {
            if (call.retries() < 100) {
                throw new IOException("not yet");
            }
            return call.retries();
        });
        assertThat(get(stubborn.call().countdown(Duration.ofDays(1)).send())).isEqualTo(100);
    }

    @Test
    void anExpiredCallIsNotRun() {
        assertThatThrownBy(() ->
                        get(add().call(1, 2).expires(Duration.ofSeconds(-1)).send()))
                .hasMessageContaining("expired");
    }

    @Test
    void chainsGroupsAndLinksHaveRun() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        Task<Void> note = tasks.define("note", Object.class, Void.class, value -> {
            ran.add(value);
            return null;
        });
        assertThat(get(add.call(1, 2).then(add.call(10)).then(add.call(100)).send()))
                .isEqualTo(113);
        assertThat(tasks.group(List.of(add.call(1, 1), add.call(2, 2))).send().get(Duration.ZERO))
                .containsExactly(2, 4);
        get(add.call(4, 4).link(note.call()).send());
        assertThat(ran).containsExactly(8);
    }

    @Test
    void aFailureEndsItsChainAndCallsItsErrback() {
        Task<Integer> add = add();
        Task<Integer> fail = tasks.define("fail", Integer.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("no");
        });
        tasks.define("note", String.class, Void.class, value -> {
            ran.add(value);
            return null;
        });
        assertThatThrownBy(() ->
                        get(add.call(1, 2).then(fail.call()).then(add.call(3)).send()))
                .hasMessageContaining("IOException: no");
        AsyncResult<Integer> failed =
                fail.call().linkError(tasks.task("note", Object.class).call()).send();
        assertThat(ran).containsExactly(failed.id());
    }

    @Test
    void aBodyMayCallAndWait() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        Task<Integer> twice = tasks.define("twice", Integer.class, Integer.class, number -> {
            Integer sum = add.delay(number, number).get(Duration.ZERO);
            return sum == null ? 0 : sum;
        });
        assertThat(get(twice.delay(21))).isEqualTo(42);
    }

    @Test
    void aCallbackOfAPromiseMayCall() {
        Task<Integer> add = add();
        CompletableFuture<Integer> sum = add.delay(1, 2)
                .future()
                .thenCompose(three -> add.delay(three, 4).future());
        assertThat(sum).isCompletedWithValue(7);
    }

    @Test
    void aLongChainIsNotDeep() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        Chain<Integer> chain = add.call(0, 0).then(add.call(1));
        for (int i = 0; i < 500; i++) {
            chain = chain.then(add.call(1));
        }
        assertThat(get(chain.send())).isEqualTo(501);
    }

    @Test
    void aLargeGroupRuns() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        List<TaskCall<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            calls.add(add.call(i, 1));
        }
        assertThat(tasks.group(calls).send().get(Duration.ZERO)).hasSize(1_000).endsWith(1_000);
    }

    @Test
    void aWorkerThatTheProgramStartsChangesNothing() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        try (Worker worker = Worker.start(tasks)) {
            assertThat(worker.name()).startsWith("java@");
            assertThat(get(add.delay(1, 2))).isEqualTo(3);
        }
        assertThat(get(add.delay(3, 4))).isEqualTo(7);
    }

    @Test
    void manyThreadsMayCall() throws Exception {
        Task<Integer> add = add();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<@Nullable Integer>> sums = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                int number = i;
                sums.add(threads.submit(() -> add.delay(number, 1).get(Duration.ofSeconds(60))));
            }
            for (int i = 0; i < 400; i++) {
                assertThat(sums.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i + 1);
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
