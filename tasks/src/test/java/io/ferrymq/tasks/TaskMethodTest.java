package io.ferrymq.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.tasks.RetryRules.Jitter;
import io.ferrymq.tasks.TaskOptions.Acknowledge;
import io.ferrymq.tasks.message.TaskState;
import io.ferrymq.tasks.testkit.EagerTasks;
import io.ferrymq.tasks.testkit.TaskTestKit;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks that are methods with an annotation. */
final class TaskMethodTest {
    record Item(String name, int count) {}

    /** Of every sort. */
    static class Orders {
        final List<Object> seen = new ArrayList<>();

        @TaskMethod
        int add(int x, int y) {
            seen.add(x);
            return x + y;
        }

        @TaskMethod(name = "orders.price")
        String price(
                List<Item> items,
                @Argument(name = "currency", defaultsTo = "EUR") String unit,
                @Argument(defaultsTo = "2") int digits,
                Optional<String> note) {
            int count = items.stream().mapToInt(Item::count).sum();
            return count + " " + unit + " " + digits + " " + note.orElse("-");
        }

        @TaskMethod
        String who(String name, Call call) {
            return name + " " + call.task() + " " + call.retries();
        }

        @TaskMethod
        CompletionStage<String> later(String name) {
            return CompletableFuture.supplyAsync(() -> "later " + name);
        }

        @TaskMethod(
                retryFor = {IOException.class, WrongArgumentsException.class},
                dontRetryFor = FileNotFoundException.class,
                retriesMax = 2)
        void fail(String how) throws IOException {
            seen.add(how);
            throw how.equals("missing") ? new FileNotFoundException(how) : new IOException(how);
        }

        @TaskMethod
        static String fixed() {
            return "static";
        }
    }

    /** Its default is no number. */
    static class WrongDefault {
        @TaskMethod(name = "wrong")
        int wrong(@Argument(defaultsTo = "many") int count) {
            return count;
        }
    }

    /** Its header has no value. */
    static class WrongHeader {
        @TaskMethod(name = "wrong", headers = "none")
        void wrong() {}
    }

    /** Somebody listens to it. */
    static class Heard {
        @TaskMethod(
                name = "heard",
                retryFor = IOException.class,
                retriesMax = 1,
                retryDelaySeconds = 5,
                retryJitter = Jitter.NONE,
                listener = Ears.class)
        String heard(boolean well) throws IOException {
            if (!well) {
                throw new IOException("not well");
            }
            return "well";
        }
    }

    /** As a framework makes them: a subclass without annotations. */
    static final class Proxy extends Orders {
        @Override
        int add(int x, int y) {
            return 1_000 + super.add(x, y);
        }
    }

    private final Tasks tasks = EagerTasks.open();
    private final Orders orders = new Orders();

    @AfterEach
    void close() {
        tasks.close();
    }

    private Object call(String task, Object... args) throws InterruptedException, TimeoutException {
        return String.valueOf(tasks.send(task, Arrays.asList(args)).get(Duration.ofSeconds(30)));
    }

    private Object call(String task, Map<String, ?> kwargs, Object... args)
            throws InterruptedException, TimeoutException {
        return String.valueOf(
                tasks.send(task, Arrays.asList(args), kwargs, Map.of()).get(Duration.ofSeconds(30)));
    }

    @Test
    void everyAnnotatedMethodIsATask() throws InterruptedException, TimeoutException {
        assertThat(tasks.register(orders))
                .extracting(Task::name)
                .containsExactly(
                        "orders.add", "orders.fail", "orders.fixed", "orders.later", "orders.price", "orders.who");
        assertThat(call("orders.add", 4, 4)).isEqualTo("8");
        assertThat(call("orders.fixed")).isEqualTo("static");
        assertThat(tasks.definedNames()).hasSize(6);
    }

    @Test
    void argumentsComeByPlaceAndByName() throws InterruptedException, TimeoutException {
        tasks.register(orders);
        assertThat(call("orders.add", Map.of("x", 4, "y", 5))).isEqualTo("9");
        assertThat(call("orders.add", Map.of("y", 5), 1)).isEqualTo("6");
    }

    @Test
    void defaultsAndOptionalsMayBeLeftOut() throws InterruptedException, TimeoutException {
        tasks.register(orders);
        List<Item> items = List.of(new Item("pen", 2), new Item("ink", 1));
        assertThat(call("orders.price", items)).isEqualTo("3 EUR 2 -");
        assertThat(call("orders.price", items, "USD", 3, "quick")).isEqualTo("3 USD 3 quick");
        assertThat(call("orders.price", Map.of("currency", "CHF", "note", "n"), items))
                .isEqualTo("3 CHF 2 n");
    }

    @Test
    void theCallItselfIsNoArgument() throws InterruptedException, TimeoutException {
        tasks.register(orders);
        assertThat(call("orders.who", "Ada")).isEqualTo("Ada orders.who 0");
        assertThat(call("orders.who", Map.of("name", "Bob"))).isEqualTo("Bob orders.who 0");
    }

    @Test
    void aFutureIsWaitedFor() throws InterruptedException, TimeoutException {
        tasks.register(orders);
        assertThat(call("orders.later", "Ada")).isEqualTo("later Ada");
    }

    @Test
    void wrongArgumentsFailBeforeTheBodyRunsAndAreNotTriedAgain() {
        tasks.register(orders);
        assertWrong("orders.add takes 2 arguments, and the call gives 3", List.of(1, 2, 3), Map.of());
        assertWrong("orders.add needs argument 'y'; it takes 2 arguments (x: int, y: int)", List.of(1), Map.of());
        assertWrong("orders.add has no argument of the name 'z'", List.of(1, 2), Map.of("z", 3));
        assertWrong("orders.add got argument 'x' twice, by place and by name", List.of(1, 2), Map.of("x", 3));
        assertWrong("orders.add got a wrong argument 'y': 'four' is no int", List.of(1, "four"), Map.of());
        assertWrong("orders.add takes no null for argument 'x'", Arrays.asList(null, 1), Map.of());
        assertThat(orders.seen).isEmpty();
        assertThatThrownBy(() -> call("orders.fail", Map.of("why", "x"))).hasMessageContaining("TypeError");
        assertThat(orders.seen).isEmpty();
    }

    private void assertWrong(String problem, List<@Nullable Object> args, Map<String, ?> kwargs) {
        AsyncResult<Object> result = tasks.send("orders.add", args, kwargs, Map.of());
        assertThatThrownBy(() -> result.get(Duration.ZERO)).isInstanceOfSatisfying(TaskFailedException.class, e -> {
            assertThat(e.problem().type()).isEqualTo("TypeError");
            assertThat(e.problem().module()).isEqualTo("builtins");
            assertThat(e.problem().arguments()).isEqualTo(List.of(problem));
        });
    }

    @Test
    void onlyExceptionsWorthItAreTriedAgain() {
        tasks.register(orders);
        assertThatThrownBy(() -> call("orders.fail", "broken")).hasMessageContaining("IOException: broken");
        assertThatThrownBy(() -> call("orders.fail", "missing")).hasMessageContaining("FileNotFoundException");
        assertThat(orders.seen).containsExactly("broken", "broken", "broken", "missing");
    }

    @Test
    void aSubclassWithoutAnnotationsKeepsTheTasksAndItsOwnBodies() throws InterruptedException, TimeoutException {
        tasks.register(new Proxy());
        assertThat(call("orders.add", 1, 2)).isEqualTo("1003");
    }

    @Test
    void aClassHasItsStaticMethods() throws InterruptedException, TimeoutException {
        assertThat(tasks.register(Orders.class)).extracting(Task::name).containsExactly("orders.fixed");
        assertThat(call("orders.fixed")).isEqualTo("static");
    }

    @Test
    void ifOneNameIsTakenNothingIsDefined() {
        tasks.define("orders.who", () -> {});
        assertThatThrownBy(() -> tasks.register(orders)).hasMessageContaining("orders.who is defined already");
        assertThat(tasks.definedNames()).containsExactly("orders.who");
    }

    @Test
    void whatCannotBeATaskIsNamed() {
        assertThatThrownBy(() -> tasks.register("text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.String has no method with @TaskMethod");
        assertThatThrownBy(() -> tasks.register(new WrongDefault()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("wrong(int)");
        assertThatThrownBy(() -> tasks.register(new WrongHeader())).hasMessageContaining("a header is name=value");
    }

    /** Keeps what it heard. */
    static final class Ears implements TaskListener {
        static final List<String> HEARD = new ArrayList<>();

        @Override
        public void succeeded(Call call, @Nullable Object result) {
            HEARD.add("succeeded " + result);
        }

        @Override
        public void failed(Call call, Throwable cause) {
            HEARD.add("failed " + cause.getMessage());
            throw new IllegalStateException("a listener's own failure");
        }

        @Override
        public void retried(Call call, Throwable cause, Duration delay) {
            HEARD.add("retried " + delay.toSeconds());
        }
    }

    static final class Ruled {
        @TaskMethod(
                name = "ruled",
                queue = "q",
                retriesMax = 7,
                retryFor = IOException.class,
                dontRetryFor = EOFException.class,
                retryDelaySeconds = 0.5,
                retryDelayMaxSeconds = 90,
                retryJitter = Jitter.NONE,
                acknowledge = Acknowledge.LATE,
                softLimitSeconds = 1.5,
                hardLimitSeconds = 2,
                expiresSeconds = 3600,
                priority = 5,
                headers = {"tenant=acme", "empty="},
                ignoreResult = true,
                rateLimit = "10/m",
                trackStarted = true,
                resultBytesMax = 1_000,
                storeResultSeconds = 60,
                uniqueForSeconds = 30,
                workerLossesMax = 1,
                listener = Ears.class)
        void ruled() {}
    }

    @Test
    void everyRuleOfTheOptionsIsOneOfTheAnnotation() {
        tasks.register(new Ruled());
        TaskOptions options = Objects.requireNonNull(tasks.definition("ruled")).options();
        assertThat(options)
                .usingRecursiveComparison()
                .ignoringFields("listener")
                .isEqualTo(TaskOptions.builder()
                        .queue("q")
                        .retriesMax(7)
                        .retryFor(IOException.class)
                        .dontRetryFor(EOFException.class)
                        .retryDelay(Duration.ofMillis(500), Duration.ofSeconds(90))
                        .retryJitter(Jitter.NONE)
                        .acknowledge(Acknowledge.LATE)
                        .softLimit(Duration.ofMillis(1_500))
                        .hardLimit(Duration.ofSeconds(2))
                        .expires(Duration.ofHours(1))
                        .priority(5)
                        .header("tenant", "acme")
                        .header("empty", "")
                        .ignoreResult()
                        .rateLimit("10/m")
                        .trackStarted()
                        .resultBytesMax(1_000)
                        .storeResult(Duration.ofMinutes(1))
                        .uniqueFor(Duration.ofSeconds(30))
                        .workerLossesMax(1)
                        .build());
        assertThat(options.listener()).isInstanceOf(Ears.class);
    }

    @Test
    void noRuleOfTheOptionsIsForgotten() {
        Set<String> rules = Arrays.stream(TaskOptions.Builder.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .map(Method::getName)
                .filter(name -> !name.equals("build"))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> annotated = Arrays.stream(TaskMethod.class.getDeclaredMethods())
                .map(method -> method.getName().replaceAll("Seconds$", "").replaceAll("^headers$", "header"))
                .collect(Collectors.toSet());
        assertThat(annotated).containsAll(rules);
    }

    @Test
    void theListenerHearsHowCallsEnd() throws InterruptedException, TimeoutException {
        Ears.HEARD.clear();
        try (TaskTestKit kit = TaskTestKit.create()) {
            kit.tasks().register(new Heard());
            kit.tasks().send("heard", List.of(true));
            AsyncResult<Object> failed = kit.tasks().send("heard", List.of(false));
            kit.worker().runAll();
            kit.clock().advance(Duration.ofSeconds(5));
            kit.worker().runAll();
            assertThat(Ears.HEARD).containsExactly("succeeded well", "retried 5", "failed not well");
            assertThat(failed.state()).isEqualTo(TaskState.FAILURE);
        }
    }

    @Test
    void callsOfATaskDefinedHereSayWhatItsRulesSay() {
        try (TaskTestKit kit = TaskTestKit.create()) {
            TaskOptions options = TaskOptions.builder()
                    .queue("q")
                    .expires(Duration.ofMinutes(1))
                    .priority(5)
                    .header("tenant", "acme")
                    .build();
            List<Map<String, @Nullable Object>> headers = new ArrayList<>();
            Task<Void> task = kit.tasks().define("ruled", Void.class, options, call -> {
                headers.add(call.headers());
                return null;
            });
            task.delay();
            task.call().header("tenant", "other").header("more", 1).send();
            kit.worker().runAll();
            assertThat(headers.get(0)).containsEntry("tenant", "acme");
            assertThat(headers.get(1)).containsEntry("tenant", "other").containsEntry("more", 1);
            AsyncResult<Void> late = task.delay();
            AsyncResult<Void> later = task.call().expires(Duration.ofHours(1)).send();
            kit.clock().advance(Duration.ofMinutes(2));
            kit.worker().runAll();
            assertThat(late.state()).isEqualTo(TaskState.REVOKED);
            assertThat(later.state()).isEqualTo(TaskState.SUCCESS);
        }
    }
}
