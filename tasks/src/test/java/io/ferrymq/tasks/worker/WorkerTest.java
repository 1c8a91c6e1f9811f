package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskCall;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls and workers over the broker in this process. */
final class WorkerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Tasks tasks = Tasks.open("memory:");
    private @Nullable Worker worker;

    @AfterEach
    void close() {
        if (worker != null) {
            worker.close();
        }
        tasks.close();
    }

    private Worker startWorker(int concurrency) {
        Worker started = Worker.start(
                tasks,
                WorkerOptions.defaults(tasks.host())
                        .withConcurrency(concurrency)
                        .withGrace(Duration.ofMillis(50)));
        worker = started;
        return started;
    }

    private <R> @Nullable R get(AsyncResult<R> result) throws InterruptedException, TimeoutException {
        return result.get(PATIENCE);
    }

    @Test
    void aCallGivesItsResult() throws InterruptedException, TimeoutException {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        startWorker(1);
        AsyncResult<Integer> result = add.delay(4, 4);
        assertThat(get(result)).isEqualTo(8);
        assertThat(result.state()).isEqualTo(TaskState.SUCCESS);
    }

    @Test
    void aFutureIsEnoughToGetTheResult() throws InterruptedException, ExecutionException, TimeoutException {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        Future<Integer> result = add.delay(4, 4).future();
        System.gc();
        startWorker(1);
        assertThat(result.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(8);
    }

    @Test
    void callsWaitForAWorker() throws InterruptedException, TimeoutException {
        Task<String> shout = tasks.define("shout", String.class, String.class, text -> text + "!");
        AsyncResult<String> result = shout.delay("hello");
        assertThat(result.state()).isEqualTo(TaskState.PENDING);
        startWorker(1);
        assertThat(get(result)).isEqualTo("hello!");
    }

    @Test
    void aFailureTellsItsCauseToWhoWaits() {
        Task<String> fail = tasks.define("fail", String.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("no such file");
        });
        startWorker(1);
        AsyncResult<String> result = fail.delay();
        assertThatThrownBy(() -> get(result)).isInstanceOfSatisfying(TaskFailedException.class, failure -> {
            assertThat(failure.problem().type()).isEqualTo("IOException");
            assertThat(failure).hasMessageContaining("no such file");
            assertThat(failure.traceback().orElseThrow()).contains("WorkerTest");
        });
        assertThat(result.state()).isEqualTo(TaskState.FAILURE);
    }

    @Test
    void argumentsThatDoNotFitAreAFailure() {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        startWorker(1);
        assertThatThrownBy(() -> get(add.delay("four", 4))).hasMessageContaining("'four' is no");
        assertThatThrownBy(() -> get(add.delay(4)))
                .hasMessageContaining("needs argument 2; it takes 2 arguments (Integer, Integer)");
    }

    @Test
    void aCallThatAsksForItIsTriedAgain() throws InterruptedException, TimeoutException {
        Task<Integer> stubborn = tasks.define("stubborn", Integer.class, TaskOptions.DEFAULTS, call -> {
            if (call.retries() < 2) {
                throw call.retry(new IOException("not yet"), Duration.ZERO);
            }
            return call.retries();
        });
        startWorker(1);
        assertThat(get(stubborn.delay())).isEqualTo(2);
    }

    @Test
    void retriesEnd() {
        AtomicInteger runs = new AtomicInteger();
        TaskOptions options = TaskOptions.builder()
                .retriesMax(2)
                .retryFor(IOException.class)
                .retryDelay(Duration.ofMillis(1), Duration.ofMillis(2))
                .build();
        Task<String> hopeless = tasks.define("hopeless", String.class, options, call -> {
            runs.incrementAndGet();
            throw new IOException("never");
        });
        startWorker(1);
        assertThatThrownBy(() -> get(hopeless.delay())).hasMessageContaining("never");
        assertThat(runs).hasValue(3);
    }

    @Test
    void aCallWithACountdownWaits() throws InterruptedException, TimeoutException {
        Task<Long> now = tasks.define("now", Long.class, TaskOptions.DEFAULTS, call -> System.nanoTime());
        startWorker(1);
        long begin = System.nanoTime();
        Long ran = get(now.call().countdown(Duration.ofMillis(300)).send());
        assertThat(ran).isGreaterThanOrEqualTo(begin + TimeUnit.MILLISECONDS.toNanos(300));
    }

    @Test
    void anExpiredCallIsNotRun() {
        Queue<String> ran = new ConcurrentLinkedQueue<>();
        Task<String> note = tasks.define("note", String.class, TaskOptions.DEFAULTS, call -> {
            ran.add(call.id());
            return "done";
        });
        AsyncResult<String> result = note.call().expires(Duration.ZERO).send();
        startWorker(1);
        assertThatThrownBy(() -> get(result)).hasMessageContaining("expired");
        assertThat(result.state()).isEqualTo(TaskState.REVOKED);
        assertThat(ran).isEmpty();
    }

    @Test
    void asManyCallsRunAtATimeAsTheConcurrencySays() throws InterruptedException, TimeoutException {
        CyclicBarrier both = new CyclicBarrier(2);
        Task<Integer> meet = tasks.define(
                "meet",
                Integer.class,
                TaskOptions.DEFAULTS,
                call -> both.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        startWorker(2);
        AsyncResult<Integer> one = meet.delay();
        AsyncResult<Integer> other = meet.delay();
        assertThat(List.of(get(one), get(other))).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void aCallOverItsSoftLimitIsInterrupted() {
        CountDownLatch never = new CountDownLatch(1);
        Task<Boolean> slow = tasks.define(
                "slow",
                Boolean.class,
                TaskOptions.DEFAULTS,
                call -> never.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        startWorker(1);
        assertThatThrownBy(
                        () -> get(slow.call().softLimit(Duration.ofMillis(20)).send()))
                .hasMessageContaining("SoftTimeLimitExceeded");
    }

    @Test
    void aCallOverItsHardLimitIsGivenUpAndItsSlotServesAgain() throws InterruptedException, TimeoutException {
        CountDownLatch end = new CountDownLatch(1);
        Task<Boolean> deaf = tasks.define("deaf", Boolean.class, TaskOptions.DEFAULTS, call -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
            return true;
        });
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        startWorker(1);
        AsyncResult<Boolean> stuck =
                deaf.call().hardLimit(Duration.ofMillis(20)).send();
        AsyncResult<Integer> next = add.delay(1, 2);
        assertThatThrownBy(() -> get(stuck)).hasMessageContaining("TimeLimitExceeded");
        assertThat(get(next)).isEqualTo(3);
        end.countDown();
    }

    @Test
    void linkedCallsGetTheResultOrTheIdOfWhatFailed() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Task<String> hear = tasks.define("hear", Object.class, String.class, what -> {
            heard.add(String.valueOf(what));
            return "heard";
        });
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        Task<Integer> fail = tasks.define("fail", Integer.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("no");
        });
        startWorker(1);
        add.call(4, 4).link(hear.call()).send();
        assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("8");
        AsyncResult<Integer> failed = fail.call().linkError(hear.call()).send();
        assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(failed.id());
    }

    @Test
    void aCallAcknowledgedLateRunsAgainElsewhereWhenItsWorkerStops() throws InterruptedException, TimeoutException {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        TaskOptions late = TaskOptions.builder().acknowledge(Acknowledge.LATE).build();
        Task<Integer> work = tasks.define("work", Integer.class, late, call -> {
            if (runs.incrementAndGet() == 1) {
                begun.countDown();
                new CountDownLatch(1).await();
            }
            return runs.get();
        });
        Worker first = startWorker(1);
        AsyncResult<Integer> result = work.delay();
        begun.await();
        first.close();
        startWorker(1);
        assertThat(get(result)).isEqualTo(2);
    }

    @Test
    void whatHasNotBegunWhenAWorkerStopsIsGivenBack() throws InterruptedException, TimeoutException {
        CountDownLatch begun = new CountDownLatch(1);
        Task<String> block = tasks.define("block", String.class, TaskOptions.DEFAULTS, call -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return "";
        });
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        Worker first = startWorker(1);
        AsyncResult<String> blocked = block.delay();
        begun.await();
        AsyncResult<Integer> waiting = add.delay(1, 2);
        AsyncResult<Integer> later =
                add.call(3, 4).countdown(Duration.ofMillis(200)).send();
        first.close();
        assertThatThrownBy(() -> get(blocked)).hasMessageContaining("its worker stopped");
        startWorker(1);
        assertThat(get(waiting)).isEqualTo(3);
        assertThat(get(later)).isEqualTo(7);
    }

    @Test
    void aChainHandsItsResultsOn() throws InterruptedException, TimeoutException {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        Task<String> text = tasks.define("text", Integer.class, String.class, number -> "is " + number);
        startWorker(2);
        assertThat(get(add.call(1, 2)
                        .then(add.call(10))
                        .then(add.call(100))
                        .then(text.call())
                        .send()))
                .isEqualTo("is 113");
        assertThat(get(add.call(1, 2).then(add.call(4, 5).immutable()).send())).isEqualTo(9);
    }

    @Test
    void aChainFailsWithItsFirstFailure() {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        Task<Integer> fail = tasks.define("fail", Integer.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("no");
        });
        startWorker(1);
        AsyncResult<Integer> end = add.call(1, 2)
                .then(fail.call())
                .then(add.call(3))
                .then(add.call(4))
                .send();
        assertThatThrownBy(() -> get(end)).hasMessageContaining("IOException: no");
    }

    @Test
    void aGroupGathersItsResultsInOrder() throws InterruptedException, TimeoutException {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        startWorker(4);
        List<TaskCall<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(add.call(i, i));
        }
        List<Integer> results = tasks.group(calls).send().get(PATIENCE);
        assertThat(results).hasSize(100).startsWith(0, 2, 4).endsWith(198);
    }

    @Test
    void aRevokedCallIsNotRunAndARunningOneIsStopped() throws InterruptedException, TimeoutException {
        CountDownLatch begun = new CountDownLatch(1);
        Task<String> block = tasks.define("block", String.class, TaskOptions.DEFAULTS, call -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return "";
        });
        startWorker(1);
        AsyncResult<String> running = block.delay();
        begun.await();
        AsyncResult<String> waiting = block.delay();
        waiting.revoke().join();
        running.terminate().join();
        assertThatThrownBy(() -> get(running)).hasMessageContaining("terminated");
        assertThatThrownBy(() -> get(waiting)).hasMessageContaining("revoked");
    }
}
