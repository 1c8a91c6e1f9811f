package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Chain;
import io.ferrymq.tasks.Control;
import io.ferrymq.tasks.GroupResult;
import io.ferrymq.tasks.Step;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.TaskState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that are put together, over the broker in this process. */
@Timeout(120)
final class CanvasTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Tasks tasks = Tasks.open("memory:");
    private @Nullable Worker worker;
    private Task<Integer> add;
    private Task<Integer> sum;
    private Task<Integer> fail;
    private Task<String> join;

    @BeforeEach
    void define() {
        add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        sum = tasks.define("sum", List.class, Integer.class, CanvasTest::sumOf);
        join = tasks.define("join", Object.class, String.class, String::valueOf);
        fail = tasks.define("fail", Integer.class, TaskOptions.DEFAULTS, call -> {
            throw new IOException("as asked");
        });
    }

    private static int sumOf(List<?> numbers) {
        return numbers.stream().mapToInt(number -> ((Number) number).intValue()).sum();
    }

    @AfterEach
    void close() {
        if (worker != null) {
            worker.close();
        }
        tasks.close();
    }

    private void startWorker() {
        worker = Worker.start(
                tasks, WorkerOptions.defaults(tasks.host()).withConcurrency(4).withGrace(Duration.ofMillis(50)));
    }

    private static <R> @Nullable R get(AsyncResult<R> result) throws InterruptedException, TimeoutException {
        return result.get(PATIENCE);
    }

    private List<Step<Integer>> sums(int count) {
        List<Step<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            calls.add(add.call(i, i));
        }
        return calls;
    }

    // ---- chords ----

    @Test
    void theBodyOfAChordGetsTheResultsInTheOrderOfTheHeader() throws InterruptedException, TimeoutException {
        startWorker();
        AsyncResult<String> body = tasks.chord(sums(10), join.call()).send();
        assertThat(get(body)).isEqualTo("[0, 2, 4, 6, 8, 10, 12, 14, 16, 18]");
        assertThat(body.before()).hasSize(10).allMatch(AsyncResult::isDone);
    }

    @Test
    void aChordWaitsForAWorker() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> body = tasks.group(List.of(add.call(1, 1).taskId("first"), add.call(2, 2)))
                .then(sum.call())
                .send();
        assertThat(body.state()).isEqualTo(TaskState.PENDING);
        startWorker();
        assertThat(get(body)).isEqualTo(6);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tasks.transport()
                                .inspect(ChordMessages.EXCHANGE)
                                .join()
                                .ready())
                        .isZero());
    }

    @Test
    void anEmptyHeaderCallsTheBodyWithAnEmptyListAtOnce() throws InterruptedException, TimeoutException {
        startWorker();
        assertThat(get(tasks.chord(List.<Step<Integer>>of(), join.call()).send()))
                .isEqualTo("[]");
        assertThat(get(add.call(1, 2)
                        .then(tasks.chord(List.<Step<Integer>>of(), join.call()))
                        .send()))
                .isEqualTo("[]");
    }

    @Test
    void anImmutableBodyGetsNothing() throws InterruptedException, TimeoutException {
        startWorker();
        assertThat(get(tasks.chord(sums(3), add.call(20, 22).immutable()).send()))
                .isEqualTo(42);
    }

    @Test
    void aFailedMemberFailsTheBodyWhichIsNotCalled() throws InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Task<String> hear = tasks.define("hear", Object.class, String.class, what -> {
            heard.add(String.valueOf(what));
            return "heard";
        });
        startWorker();
        Chain<String> chord = tasks.chord(
                List.of(add.call(1, 1), fail.call().taskId("the-bad-one"), add.call(2, 2)),
                hear.call().taskId("the-body").linkError(hear.call()));
        AsyncResult<String> body = chord.send();
        assertThatThrownBy(() -> get(body)).isInstanceOfSatisfying(TaskFailedException.class, failure -> {
            assertThat(failure.problem().type()).isEqualTo("ChordError");
            assertThat(failure).hasMessageContaining("the-bad-one").hasMessageContaining("as asked");
        });
        assertThat(body.state()).isEqualTo(TaskState.FAILURE);
        assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("the-body");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tasks.transport()
                                .inspect(ChordMessages.EXCHANGE)
                                .join()
                                .ready())
                        .isZero());
        assertThat(heard).isEmpty();
    }

    @Test
    void aRevokedMemberFailsTheBody() throws InterruptedException, TimeoutException {
        AsyncResult<Integer> body = tasks.chord(
                        List.of(add.call(1, 1), add.call(2, 2).taskId("late").expires(Duration.ZERO)), sum.call())
                .send();
        startWorker();
        assertThatThrownBy(() -> get(body)).hasMessageContaining("late").hasMessageContaining("expired");
    }

    @Test
    void chainsAreMembersAndAFailureInsideThemCounts() throws InterruptedException, TimeoutException {
        startWorker();
        List<Step<Integer>> header = List.of(
                add.call(1, 1).then(add.call(10)).then(add.call(100)),
                add.call(2, 2),
                add.call(3, 3).then(add.call(30)));
        assertThat(get(tasks.chord(header, join.call()).send())).isEqualTo("[112, 4, 36]");
        List<Step<Integer>> bad = List.of(
                add.call(1, 1), fail.call().taskId("inside").then(add.call(1)).then(add.call(2)));
        assertThatThrownBy(() -> get(tasks.chord(bad, sum.call()).send())).hasMessageContaining("ChordError");
    }

    @Test
    void aChordIsALinkOfAChain() throws InterruptedException, TimeoutException {
        startWorker();
        Chain<String> chain = add.call(1, 1)
                .then(tasks.group(
                        List.of(add.call(10), add.call(20), add.call(5, 5).immutable())))
                .then(sum.call())
                .then(add.call(1000))
                .then(tasks.group(List.of(add.call(1), add.call(2))))
                .then(join.call());
        assertThat(get(chain.send())).isEqualTo("[1045, 1046]");
    }

    @Test
    void aFailureBeforeAChordFailsItsEnd() {
        startWorker();
        AsyncResult<String> end = fail.call()
                .then(tasks.group(List.of(add.call(10), add.call(20))))
                .then(join.call())
                .send();
        assertThatThrownBy(() -> get(end)).hasMessageContaining("as asked");
    }

    @Test
    void chordsAreMembersOfChords() throws InterruptedException, TimeoutException {
        startWorker();
        Chain<Integer> inner = tasks.chord(sums(3), sum.call());
        Chain<Integer> deeper =
                tasks.chord(List.of(inner, add.call(1, 1)), sum.call()).then(add.call(100));
        assertThat(get(tasks.chord(List.of(inner, deeper, add.call(7, 7)), join.call())
                        .send()))
                .isEqualTo("[6, 108, 14]");
    }

    @Test
    void aFailureInsideANestedChordReachesTheOutermost() {
        startWorker();
        Chain<Integer> inner = tasks.chord(List.of(add.call(1, 1), fail.call()), sum.call());
        AsyncResult<String> end =
                tasks.chord(List.of(inner, add.call(1, 1)), join.call()).send();
        assertThatThrownBy(() -> get(end)).hasMessageContaining("ChordError").hasMessageContaining("as asked");
    }

    @Test
    void aChainMayEndWithAGroup() throws InterruptedException, TimeoutException {
        startWorker();
        GroupResult<Integer> ends = add.call(1, 2)
                .then(tasks.group(List.of(add.call(10), add.call(20))))
                .send();
        assertThat(ends.get(PATIENCE)).containsExactly(13, 23);
        GroupResult<String> both = tasks.group(sums(2))
                .then(tasks.group(List.of(join.call(), join.call().taskId("another"))))
                .send();
        assertThat(both.get(PATIENCE)).containsExactly("[0, 2]", "[0, 2]");
    }

    @Test
    void tenThousandMembersAreGathered() throws InterruptedException, TimeoutException {
        startWorker();
        assertThat(get(tasks.chord(sums(10_000), sum.call()).send())).isEqualTo(99_990_000);
    }

    @Test
    void theCallbacksOfMembersAreKept() throws InterruptedException, TimeoutException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Task<String> hear = tasks.define("hear", Object.class, String.class, what -> {
            heard.add(String.valueOf(what));
            return "heard";
        });
        startWorker();
        assertThat(get(tasks.chord(List.of(add.call(1, 1).link(hear.call()), add.call(2, 2)), sum.call())
                        .send()))
                .isEqualTo(6);
        assertThat(heard.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("2");
    }

    // ---- groups ----

    @Test
    void chainsAreMembersOfAGroup() throws InterruptedException, TimeoutException {
        startWorker();
        assertThat(tasks.group(List.of(add.call(1, 1).then(add.call(10)), add.call(2, 2)))
                        .send()
                        .get(PATIENCE))
                .containsExactly(12, 4);
    }

    @Test
    void aGroupCountsHowItsMembersEnded() throws InterruptedException {
        CountDownLatch end = new CountDownLatch(1);
        Task<Integer> wait = tasks.define("wait", Integer.class, TaskOptions.DEFAULTS, call -> {
            end.await();
            return 0;
        });
        startWorker();
        GroupResult<Integer> group =
                tasks.group(List.of(add.call(1, 1), fail.call(), wait.call())).send();
        await().atMost(PATIENCE).until(() -> group.completed() + group.failed() == 2);
        assertThat(List.of(group.completed(), group.failed(), group.waiting())).containsExactly(1, 1, 1);
        assertThat(group.ready()).isFalse();
        end.countDown();
        await().atMost(PATIENCE).until(group::ready);
        assertThat(group.successful()).isFalse();
        assertThat(group.waiting()).isZero();
    }

    @Test
    void aFailureCancelsTheOthersIfThatIsAskedFor() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(3);
        Task<Integer> block = tasks.define("block", Integer.class, TaskOptions.DEFAULTS, call -> {
            begun.countDown();
            new CountDownLatch(1).await();
            return 0;
        });
        Task<Integer> failLater = tasks.define("fail-later", Integer.class, TaskOptions.DEFAULTS, call -> {
            begun.await();
            throw new IOException("as asked");
        });
        startWorker();
        List<Step<Integer>> members = new ArrayList<>(List.of(failLater.call()));
        for (int i = 0; i < 20; i++) {
            members.add(block.call());
        }
        GroupResult<Integer> group = tasks.group(members)
                .cancelOthersOnFailure(Control.Revoke.ALSO_IF_RUNNING)
                .send();
        await().atMost(PATIENCE).until(group::ready);
        assertThat(group.failed()).isEqualTo(21);
        assertThat(group.members().subList(1, 21)).allMatch(member -> member.state() == TaskState.REVOKED);
    }

    // ---- many items ----

    @Test
    void aTaskIsMappedOverAList() throws InterruptedException, TimeoutException {
        Task<Integer> twice = tasks.define("twice", Integer.class, Integer.class, number -> 2 * number);
        startWorker();
        assertThat(get(twice.map(List.of(1, 2, 3)).send())).containsExactly(2, 4, 6);
        assertThat(get(twice.map(List.of()).send())).isEmpty();
        assertThat(get(add.starmap(List.of(List.of(1, 2), List.of(3, 4))).send()))
                .containsExactly(3, 7);
    }

    @Test
    void chunksAreAGroupOfLists() throws InterruptedException, TimeoutException {
        startWorker();
        List<List<Integer>> pairs = List.of(List.of(1, 1), List.of(2, 2), List.of(3, 3), List.of(4, 4), List.of(5, 5));
        assertThat(add.chunks(pairs, 2).send().get(PATIENCE))
                .containsExactly(List.of(2, 4), List.of(6, 8), List.of(10));
        assertThat(get(add.chunks(pairs, 2).then(join.call()).send())).isEqualTo("[[2, 4], [6, 8], [10]]");
    }

    @Test
    void aMapOfATaskThatIsNotKnownFails() {
        startWorker();
        AsyncResult<List<Integer>> result =
                tasks.task("nobody's", Integer.class).map(List.of(1)).send();
        assertThatThrownBy(() -> get(result)).hasMessageContaining("nobody's");
    }

    @Test
    void anItemThatFailsFailsItsMap() {
        startWorker();
        assertThatThrownBy(() ->
                        get(add.starmap(List.of(List.of(1, 2), List.of(3))).send()))
                .hasMessageContaining("needs argument 2");
    }

    // ---- promises ----

    @Test
    void aPromiseKnowsWhatItsCallLedTo() throws InterruptedException, TimeoutException {
        startWorker();
        AsyncResult<Integer> plain = add.call(1, 1).send();
        get(plain);
        assertThat(plain.children()).isEmpty();
        AsyncResult<Integer> end = add.call(1, 1)
                .link(join.call().taskId("callback"))
                .then(add.call(2).taskId("next"))
                .send();
        get(end);
        assertThat(end.before()).hasSize(1);
        assertThat(end.before().get(0).children()).containsExactly("callback", "next");
    }

    @Test
    void aPromiseSaysThatItsCallRunsIfTheTaskTells() throws InterruptedException, TimeoutException {
        CountDownLatch end = new CountDownLatch(1);
        Task<Integer> wait = tasks.define(
                "wait", Integer.class, TaskOptions.builder().trackStarted().build(), call -> {
                    end.await();
                    return 1;
                });
        startWorker();
        AsyncResult<Integer> result = wait.delay();
        await().atMost(PATIENCE).until(() -> result.state() == TaskState.STARTED);
        assertThat(result.ready()).isFalse();
        end.countDown();
        assertThat(get(result)).isEqualTo(1);
        assertThat(result.successful()).isTrue();
        assertThat(result.failed()).isFalse();
    }

    @Test
    void aResultThatIsTooLargeIsAFailureAndTheWorkerGoesOn() throws InterruptedException, TimeoutException {
        TaskOptions small = TaskOptions.builder().resultBytesMax(1_000).build();
        Task<String> fill =
                tasks.define("fill", String.class, small, call -> "x".repeat(call.argument(0, Integer.class)));
        startWorker();
        assertThat(get(fill.delay(500))).hasSize(500);
        assertThatThrownBy(() -> get(fill.delay(5_000))).hasMessageContaining("at most 1000 are allowed");
        assertThat(get(fill.delay(1))).isEqualTo("x");
    }
}
