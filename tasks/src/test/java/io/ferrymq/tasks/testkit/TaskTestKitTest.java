package io.ferrymq.tasks.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.RetryRules;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.message.TaskState;
import io.ferrymq.tasks.worker.Worker;
import io.ferrymq.tasks.worker.WorkerOptions;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls on a worker and a clock that the test turns. */
final class TaskTestKitTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private final TaskTestKit kit = TaskTestKit.create();

    @AfterEach
    void close() {
        kit.close();
    }

    private static <R> @Nullable R get(AsyncResult<R> result) throws InterruptedException, TimeoutException {
        return result.get(Duration.ZERO);
    }

    private Task<Integer> add() {
        return kit.tasks().define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
    }

    private Task<String> failing(TaskOptions options) {
        return kit.tasks().define("fail", String.class, options, call -> {
            throw new IOException("no");
        });
    }

    @Test
    void nothingRunsBeforeTheWorkerIsTurned() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> result = add().delay(4, 4);
        assertThat(kit.worker().waiting())
                .singleElement()
                .satisfies(call -> assertThat(call.args()).isEqualTo(List.of(4, 4)));
        assertThatThrownBy(() -> result.get(HOUR))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("turn the worker");
        assertThat(kit.worker().runNext()).isTrue();
        assertThat(get(result)).isEqualTo(8);
        assertThat(kit.worker().runNext()).isFalse();
        assertThat(kit.worker().waiting()).isEmpty();
    }

    @Test
    void callsRunOneByOneInTheirOrder() {
        List<String> ran = new ArrayList<>();
        Task<Void> note = kit.tasks().define("note", Void.class, TaskOptions.DEFAULTS, call -> {
            ran.add(String.valueOf(call.args().get(0)));
            return null;
        });
        note.delay("a");
        note.delay("b");
        note.delay("c");
        kit.worker().runNext();
        assertThat(ran).containsExactly("a");
        assertThat(kit.worker().runAll()).isEqualTo(2);
        assertThat(ran).containsExactly("a", "b", "c");
    }

    @Test
    void aCountdownEndsWhenTheClockSaysSo() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> result = add().call(1, 2).countdown(HOUR).send();
        Instant due = kit.clock().instant().plus(HOUR);
        assertThat(kit.worker().scheduled()).extracting(WaitingCall::due).containsExactly(due);
        assertThat(kit.worker().waiting()).isEmpty();
        assertThat(kit.worker().runAll()).isZero();
        kit.clock().advance(HOUR.minusMillis(1));
        assertThat(kit.worker().runAll()).isZero();
        kit.clock().advance(Duration.ofMillis(1));
        assertThat(kit.worker().scheduled()).isEmpty();
        assertThat(kit.worker().runAll()).isEqualTo(1);
        assertThat(get(result)).isEqualTo(3);
    }

    @Test
    void anEtaBeyondAllTimeIsKept() {
        add().call(1, 2).eta(Instant.parse("9999-12-31T23:59:59Z")).send();
        kit.clock().advance(Duration.ofDays(1));
        assertThat(kit.worker().runAll()).isZero();
        assertThat(kit.worker().scheduled()).hasSize(1);
    }

    @Test
    void anExpiredCallIsCalledOff() {
        AsyncResult<Integer> result = add().call(1, 2).expires(HOUR).send();
        kit.clock().advance(HOUR.plusMillis(1));
        kit.worker().runAll();
        assertThatThrownBy(() -> get(result))
                .isInstanceOf(TaskFailedException.class)
                .hasMessageContaining("expired");
        assertThat(kit.worker().ran()).extracting(RanCall::state).containsExactly(TaskState.REVOKED);
    }

    @Test
    void retriesComeBackWhenTheirDelayIsOver() {
        TaskOptions options = TaskOptions.builder()
                .retryFor(IOException.class)
                .retriesMax(2)
                .retryDelay(Duration.ofMinutes(1), HOUR)
                .retryJitter(RetryRules.Jitter.NONE)
                .build();
        AsyncResult<String> result = failing(options).delay();
        assertThat(kit.worker().runAll()).isEqualTo(1);
        assertThat(result.state()).isEqualTo(TaskState.RETRY);
        kit.clock().advance(Duration.ofSeconds(59));
        assertThat(kit.worker().runAll()).isZero();
        kit.clock().advance(Duration.ofSeconds(1));
        assertThat(kit.worker().runAll()).isEqualTo(1);
        kit.clock().advance(Duration.ofMinutes(2));
        assertThat(kit.worker().runAll()).isEqualTo(1);
        assertThat(kit.worker().retried())
                .extracting(RanCall::delay)
                .containsExactly(Duration.ofMinutes(1), Duration.ofMinutes(2));
        assertThat(kit.worker().failed())
                .singleElement()
                .satisfies(call -> assertThat(call.cause()).isInstanceOf(IOException.class));
        assertThatThrownBy(() -> get(result)).hasMessageContaining("IOException: no");
    }

    @Test
    void aRetryStaysInTheQueueThatItsCallWasSentTo() {
        TaskOptions options = TaskOptions.builder().retryFor(IOException.class).build();
        failing(options).call().queue("elsewhere").send();
        kit.worker().runAll();
        assertThat(kit.worker().scheduled()).extracting(WaitingCall::queue).containsExactly("elsewhere");
    }

    @Test
    void jitterIsTheSameForTheSameSeed() {
        assertThat(delays(7)).isEqualTo(delays(7)).isNotEqualTo(delays(8));
    }

    private static List<@Nullable Duration> delays(long seed) {
        TaskOptions options = TaskOptions.builder()
                .retryFor(IOException.class)
                .retriesMax(RetryRules.UNLIMITED)
                .build();
        try (TaskTestKit kit = TaskTestKit.create(seed)) {
            kit.tasks().define("fail", String.class, options, call -> {
                throw new IOException("no");
            });
            kit.tasks().task("fail", String.class).delay();
            for (int i = 0; i < 20; i++) {
                kit.worker().runAll();
                kit.clock().advance(Duration.ofMinutes(10));
            }
            List<@Nullable Duration> delays =
                    kit.worker().retried().stream().map(RanCall::delay).toList();
            assertThat(delays).hasSize(20);
            return delays;
        }
    }

    @Test
    void aRunThatTakesLongGoesOverItsLimits() {
        Task<String> slow = kit.tasks().define("slow", String.class, TaskOptions.DEFAULTS, call -> {
            kit.clock().advance(Duration.ofMinutes(5));
            if (Thread.interrupted()) {
                throw new InterruptedException("stopped");
            }
            return "done";
        });
        AsyncResult<String> soft = slow.call().softLimit(Duration.ofMinutes(1)).send();
        AsyncResult<String> hard = slow.call().hardLimit(Duration.ofMinutes(1)).send();
        AsyncResult<String> fine = slow.call().softLimit(Duration.ofMinutes(6)).send();
        kit.worker().runAll();
        assertThatThrownBy(() -> get(soft)).hasMessageContaining("SoftTimeLimitExceeded");
        assertThatThrownBy(() -> get(hard)).hasMessageContaining("TimeLimitExceeded");
        assertThat(fine.state()).isEqualTo(TaskState.SUCCESS);
        assertThat(kit.worker().failed()).extracting(RanCall::cause).hasOnlyElementsOfType(TimeoutException.class);
    }

    @Test
    void chainsGroupsAndLinksFollow() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        AsyncResult<Integer> chain =
                add.call(1, 2).then(add.call(10)).then(add.call(100)).send();
        assertThat(kit.worker().runAll()).isEqualTo(3);
        assertThat(get(chain)).isEqualTo(113);
        var group = kit.tasks().group(List.of(add.call(1, 1), add.call(2, 2))).send();
        assertThatThrownBy(() -> group.get(HOUR)).isInstanceOf(TimeoutException.class);
        kit.worker().runAll();
        assertThat(group.get(Duration.ZERO)).containsExactly(2, 4);
        add.call(1, 1).link(add.call(5)).send();
        kit.worker().runAll();
        assertThat(kit.worker().ran())
                .last()
                .satisfies(call -> assertThat(call.result()).isEqualTo(7));
    }

    @Test
    void aRevokedCallIsNotRun() {
        // A worker hears commands from its first call on.
        add().delay(1, 1);
        kit.worker().runAll();
        AsyncResult<Integer> result = kit.tasks()
                .task("add", Integer.class)
                .call(1, 2)
                .countdown(HOUR)
                .send();
        result.revoke().join();
        kit.clock().advance(HOUR);
        kit.worker().runAll();
        assertThatThrownBy(() -> get(result)).hasMessageContaining("revoked");
    }

    @Test
    void callsOfOtherProgramsTasksStayWhereTheyAre() {
        kit.tasks().send("somebody.elses", List.of(1), Map.of("x", 2), Map.of("queue", "python"));
        assertThat(kit.worker().runAll()).isZero();
        assertThat(kit.worker().waiting()).singleElement().satisfies(call -> {
            assertThat(call.task()).isEqualTo("somebody.elses");
            assertThat(call.queue()).isEqualTo("python");
            assertThat(call.kwargs()).isEqualTo(Map.of("x", 2));
        });
    }

    @Test
    void aWorkerThatTheProgramStartsIsTurnedToo() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        WorkerOptions options = WorkerOptions.defaults("here").onQueues("celery");
        AsyncResult<Integer> left;
        try (Worker own = Worker.start(kit.tasks(), options)) {
            AsyncResult<Integer> result = add.delay(1, 2);
            assertThat(kit.worker().runAll()).isEqualTo(1);
            assertThat(get(result)).isEqualTo(3);
            left = add.delay(3, 4);
            assertThat(own.name()).isEqualTo("java@here");
        }
        assertThat(left.isDone()).isFalse();
        kit.worker().runAll();
        assertThat(get(left)).isEqualTo(7);
    }

    @Test
    void whatCannotBeSentFailsItsPromiseAtOnce() {
        Task<Object> echo = kit.tasks().task("echo", Object.class);
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        AsyncResult<Object> result = echo.delay(endless);
        assertThatThrownBy(() -> get(result)).isInstanceOf(IllegalArgumentException.class);
        assertThat(kit.worker().waiting()).isEmpty();
    }

    @Test
    void aPromisesCallbackMayCall() throws InterruptedException, TimeoutException {
        Task<Integer> add = add();
        List<AsyncResult<Integer>> second = new ArrayList<>();
        CompletableFuture<Void> done = add.delay(1, 2).future().thenAccept(sum -> second.add(add.delay(10, 20)));
        assertThat(kit.worker().runAll()).isEqualTo(2);
        assertThat(done).isCompleted();
        assertThat(get(second.get(0))).isEqualTo(30);
    }

    @Test
    void aTaskThatCallsItselfForEverIsFound() {
        kit.tasks()
                .define(
                        "again",
                        Void.class,
                        TaskOptions.builder().ignoreResult().build(),
                        call -> {
                            kit.tasks().task("again", Void.class).delay();
                            return null;
                        });
        kit.tasks().task("again", Void.class).delay();
        assertThatThrownBy(() -> kit.worker().runAll())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("calls itself");
    }

    @Test
    void timePassesForwardsOnly() {
        assertThatThrownBy(() -> kit.clock().advance(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
