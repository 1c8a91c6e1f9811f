package io.ferrymq.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.ferrymq.tasks.message.TaskState;
import io.ferrymq.tasks.testkit.EagerTasks;
import io.ferrymq.tasks.testkit.TaskTestKit;
import io.ferrymq.tasks.testkit.WaitingCall;
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

/** Tasks that are lambdas, and calls by name. */
final class DefiningTest {
    private final Tasks tasks = EagerTasks.open();

    @AfterEach
    void close() {
        tasks.close();
    }

    private static <R> @Nullable R get(AsyncResult<R> result) throws InterruptedException, TimeoutException {
        return result.get(Duration.ofSeconds(30));
    }

    @Test
    void bodiesHaveUpToThreeArguments() throws InterruptedException, TimeoutException {
        List<String> ran = new ArrayList<>();
        Task<Void> zero = tasks.define("action", () -> ran.add("ran"));
        assertThat(get(zero.delay())).isNull();
        assertThat(ran).containsExactly("ran");
        assertThat(get(tasks.define("none", String.class, () -> "none").delay()))
                .isEqualTo("none");
        assertThat(get(tasks.define("one", int.class, Integer.class, a -> a + 1).delay(1)))
                .isEqualTo(2);
        assertThat(get(tasks.define("two", int.class, int.class, Integer.class, Integer::sum)
                        .delay(1, 2)))
                .isEqualTo(3);
        assertThat(get(tasks.define("three", int.class, String.class, List.class, String.class, (a, b, c) -> a + b + c)
                        .delay(1, "b", List.of("c"))))
                .isEqualTo("1b[c]");
    }

    @Test
    void bodiesOfAnyNumberOfArgumentsHaveRules() {
        TaskOptions options = TaskOptions.builder().queue("q").build();
        tasks.define("action", options, () -> {});
        tasks.define("none", String.class, options, () -> "");
        tasks.define("one", String.class, String.class, options, a -> a);
        tasks.define("two", String.class, String.class, String.class, options, (a, b) -> a);
        tasks.define("three", String.class, String.class, String.class, String.class, options, (a, b, c) -> a);
        assertThat(tasks.definedNames())
                .allSatisfy(name -> assertThat(tasks.definition(name))
                        .isNotNull()
                        .satisfies(
                                definition -> assertThat(definition.options()).isEqualTo(options)));
    }

    @Test
    void bodiesMayThrowWhatTheyLike() {
        Task<String> read = tasks.define("read", String.class, String.class, name -> {
            throw new IOException("no file " + name);
        });
        assertThatThrownBy(() -> get(read.delay("x"))).hasMessageContaining("IOException: no file x");
    }

    @Test
    void aResultMayComeLater() throws InterruptedException, TimeoutException {
        Task<Integer> plus = tasks.defineAsync(
                "plus",
                Integer.class,
                Integer.class,
                TaskOptions.DEFAULTS,
                number -> CompletableFuture.supplyAsync(() -> number + 1));
        assertThat(get(plus.delay(1))).isEqualTo(2);
        Task<Integer> fail = tasks.defineAsync(
                "fail",
                Integer.class,
                TaskOptions.DEFAULTS,
                () -> CompletableFuture.failedFuture(new IOException("later")));
        assertThatThrownBy(() -> get(fail.delay())).hasMessageContaining("IOException: later");
        Task<Integer> both = tasks.defineAsync(
                "both",
                Integer.class,
                Integer.class,
                Integer.class,
                TaskOptions.DEFAULTS,
                (a, b) -> CompletableFuture.completedFuture(a * b));
        assertThat(get(both.delay(6, 7))).isEqualTo(42);
    }

    @Test
    void aFailureThatComesLaterIsWorthARetry() throws InterruptedException, TimeoutException {
        TaskOptions options = TaskOptions.builder().retryFor(IOException.class).build();
        Task<Integer> stubborn = tasks.define(
                "stubborn",
                Integer.class,
                options,
                call -> call.retries() < 2
                        ? CompletableFuture.failedFuture(new IOException("not yet"))
                        : CompletableFuture.completedFuture(call.retries()));
        assertThat(get(stubborn.delay())).isEqualTo(2);
    }

    @Test
    void lambdasGetAsManyArgumentsAsTheyTake() {
        Task<Void> none = tasks.define("none", () -> {});
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        assertThatThrownBy(() -> get(none.delay(1)))
                .hasMessageContaining("TypeError: none takes no arguments, and the call gives 1");
        assertThatThrownBy(() -> get(add.delay(1, 2, 3)))
                .hasMessageContaining("TypeError: add takes 2 arguments, and the call gives 3");
        assertThatThrownBy(() -> get(add.call(List.of(1, 2), Map.of("z", 3)).send()))
                .hasMessageContaining("TypeError: add takes arguments by place alone, and the call gives 'z' by name");
        assertThatThrownBy(() -> get(add.delay(1, null)))
                .hasMessageContaining("TypeError: add takes no null for argument 2");
    }

    @Test
    void aPromiseOfAResultThatIsIgnoredIsFulfilledWhenTheCallIsSent() throws InterruptedException, TimeoutException {
        Task<Integer> add = tasks.define("add", Integer.class, Integer.class, Integer.class, Integer::sum);
        AsyncResult<Integer> result = add.call(1, 2).ignoreResult().send();
        assertThat(get(result)).isNull();
        assertThat(result.state()).isEqualTo(TaskState.IGNORED);
        TaskOptions ignoring = TaskOptions.builder().ignoreResult().build();
        assertThat(get(tasks.define("quiet", String.class, ignoring, () -> "unheard")
                        .delay()))
                .isNull();
    }

    @Test
    void aTaskIsCalledByItsName() throws InterruptedException, TimeoutException {
        tasks.define("tasks.add", Integer.class, Integer.class, Integer.class, Integer::sum);
        assertThat(get(tasks.send("tasks.add", List.of(4, 4)))).isEqualTo(8);
        AsyncResult<Object> named =
                tasks.send("tasks.add", List.of(4, 4), Map.of(), Map.of("task_id", "an-id", "queue", "q"));
        assertThat(named.id()).isEqualTo("an-id");
        assertThat(get(named)).isEqualTo(8);
    }

    @Test
    void optionsByNameAreThoseOfCelery() {
        try (TaskTestKit kit = TaskTestKit.create()) {
            Instant now = kit.clock().instant();
            Map<String, Object> options = Map.of("countdown", Duration.ofMinutes(1), "queue", "q", "priority", 3);
            kit.tasks().send("a", List.of(), Map.of(), options);
            kit.tasks().send("b", List.of(), Map.of(), Map.of("eta", now.plusSeconds(30)));
            kit.tasks().send("c", List.of(), Map.of(), Map.of("countdown", 90));
            assertThat(kit.worker().scheduled())
                    .extracting(WaitingCall::task, WaitingCall::due)
                    .containsExactly(
                            tuple("b", now.plusSeconds(30)),
                            tuple("a", now.plusSeconds(60)),
                            tuple("c", now.plusSeconds(90)));
        }
    }

    @Test
    void wrongOptionsAreNamedAndNothingIsSent() {
        assertThatThrownBy(() -> tasks.send("a", List.of(), Map.of(), Map.of("colour", "red")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no option of the name 'colour'")
                .hasMessageContaining("countdown");
        assertThatThrownBy(() -> tasks.send("a", List.of(), Map.of(), Map.of("countdown", "soon")))
                .hasMessageContaining("'countdown': soon");
        assertThatThrownBy(() -> tasks.send("a", List.of(), Map.of(), Map.of("eta", "tomorrow")))
                .hasMessageContaining("'eta': tomorrow");
        assertThatThrownBy(() -> tasks.send("a", List.of(), Map.of(), Map.of("priority", 256)))
                .hasMessageContaining("'priority': 256");
    }
}
