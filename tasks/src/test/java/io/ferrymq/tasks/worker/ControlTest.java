package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.tasks.AsyncResult;
import io.ferrymq.tasks.Control;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.TaskFailedException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands to workers over the broker in this process, and their answers. */
final class ControlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Answers come at once in a process; what is waited for beyond that is only time. */
    private static final Duration A_WHILE = Duration.ofMillis(300);

    private final Tasks tasks = Tasks.open("memory:");
    private final List<Worker> workers = new ArrayList<>();
    private final Queue<String> ran = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        workers.forEach(Worker::close);
        tasks.close();
    }

    private Worker start(String name, WorkerOptions options) {
        Worker worker = Worker.start(tasks, options.named(name).withGrace(Duration.ofMillis(50)));
        workers.add(worker);
        return worker;
    }

    private Worker start(String name) {
        return start(name, WorkerOptions.defaults("host").withConcurrency(1));
    }

    private Task<String> define(String name, TaskOptions options) {
        return tasks.define(name, String.class, options, call -> {
            ran.add(name);
            return name;
        });
    }

    private Map<String, @Nullable Object> ask(String command, Map<String, ?> arguments) {
        return tasks.control().ask(command, arguments, A_WHILE).join();
    }

    private static Map<String, String> ok(String text) {
        return Map.of("ok", text);
    }

    private static Map<String, String> error(String text) {
        return Map.of("error", text);
    }

    @Test
    void everyWorkerAnswersOrThoseThatAreMeant() {
        start("a@host");
        start("b@host");
        Object pong = ok("pong");
        assertThat(tasks.control().inspect(A_WHILE).ping().join())
                .containsExactlyInAnyOrderEntriesOf(Map.of("a@host", pong, "b@host", pong));
        assertThat(tasks.control().to("b@host").inspect(A_WHILE).ping().join()).containsOnlyKeys("b@host");
        assertThat(tasks.control().matching("a@*").inspect(A_WHILE).ping().join())
                .containsOnlyKeys("a@host");
        assertThat(tasks.control().to("nobody").inspect(A_WHILE).ping().join()).isEmpty();
    }

    @Test
    void aWorkerTellsOfItself() {
        define("limited", TaskOptions.builder().rateLimit("10/m").build());
        start("a@host");
        var inspect = tasks.control().inspect(A_WHILE);
        assertThat(inspect.registered().join()).containsEntry("a@host", List.of("limited [rate_limit=10/m]"));
        assertThat(inspect.stats().join().get("a@host"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsKeys("total", "pid", "clock", "uptime", "pool", "prefetch_count");
        assertThat(inspect.conf().join().get("a@host"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("worker_concurrency", 1);
        assertThat(inspect.report().join().get("a@host")).asString().contains("ferrymq-tasks");
        assertThat(inspect.clock().join().get("a@host"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .hasEntrySatisfying(
                        "clock",
                        clock -> assertThat((Number) clock)
                                .satisfies(
                                        number -> assertThat(number.longValue()).isPositive()));
        assertThat(inspect.revoked().join()).containsEntry("a@host", List.of());
        assertThat(Version.TEXT).matches("\\d+\\..*");
    }

    @Test
    void aTaskIsFoundByItsId() throws InterruptedException {
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(1);
        Task<String> task = tasks.define("waits", String.class, TaskOptions.DEFAULTS, call -> {
            running.countDown();
            free.await();
            return "done";
        });
        start("a@host");
        AsyncResult<String> first = task.delay();
        running.await();
        AsyncResult<String> second = task.delay();
        AsyncResult<String> third = task.call().countdown(Duration.ofHours(1)).send();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tasks.control()
                                .inspect(A_WHILE)
                                .task(first.id(), second.id(), third.id(), "unknown")
                                .join()
                                .get("a@host"))
                        .asInstanceOf(InstanceOfAssertFactories.MAP)
                        .hasSize(3)
                        .hasEntrySatisfying(
                                first.id(),
                                state -> assertThat((List<?>) state).first().isEqualTo("active"))
                        .hasEntrySatisfying(
                                second.id(),
                                state -> assertThat((List<?>) state).first().isEqualTo("reserved"))
                        .hasEntrySatisfying(
                                third.id(),
                                state -> assertThat((List<?>) state).first().isEqualTo("ready")));
        free.countDown();
    }

    @Test
    void callsOverTheirLimitWaitWithoutASlotAndLetOthersPass() {
        Task<String> limited =
                define("limited", TaskOptions.builder().rateLimit("1/h").build());
        Task<String> other = define("other", TaskOptions.DEFAULTS);
        start("a@host");
        for (int i = 0; i < 20; i++) {
            limited.delay();
        }
        other.delay();
        await().atMost(PATIENCE).until(() -> ran.contains("other"));
        await().atMost(PATIENCE).until(() -> ran.contains("limited"));
        assertThat(tasks.control().inspect(A_WHILE).reserved().join().get("a@host"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .hasSize(19);
        assertThat(ran).containsOnlyOnce("limited");
        assertThat(ask("rate_limit", Map.of("task_name", "limited", "rate_limit", "x"))
                        .get("a@host"))
                .asString()
                .contains("Invalid rate limit string");
        assertThat(ask("rate_limit", Map.of("task_name", "unknown", "rate_limit", "1/s")))
                .containsEntry("a@host", error("unknown task"));
        assertThat(ask("rate_limit", Map.of("task_name", "limited", "rate_limit", 0)))
                .containsEntry("a@host", ok("rate limit disabled successfully"));
        await().atMost(PATIENCE).until(() -> ran.size() == 21);
        tasks.control().rateLimit("other", "1/h").join();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                tasks.control().inspect(A_WHILE).registered().join())
                        .containsEntry("a@host", List.of("limited", "other [rate_limit=1/h]")));
    }

    @Test
    void whatWaitsForItsLimitIsGivenBackWhenTheWorkerStops() {
        Task<String> limited =
                define("limited", TaskOptions.builder().rateLimit("1/h").build());
        Worker worker = start("a@host");
        for (int i = 0; i < 50; i++) {
            limited.delay();
        }
        await().atMost(PATIENCE).until(() -> worker.rateLimits().waiting().size() == 49);
        worker.close();
        await().atMost(PATIENCE)
                .until(() -> tasks.transport().inspect("celery").join().ready() == 49);
    }

    @Test
    void aTimeLimitIsSetForLaterRuns() {
        Task<String> task = tasks.define("sleeps", String.class, TaskOptions.DEFAULTS, call -> {
            new CountDownLatch(1).await();
            return "never";
        });
        start("a@host");
        assertThat(ask("time_limit", Map.of("task_name", "sleeps", "soft", -1)).get("a@host"))
                .asString()
                .contains("a wrong soft");
        tasks.control().timeLimit("sleeps", Duration.ofMillis(10), null).join();
        AsyncResult<String> result = task.delay();
        assertThat(result.future().handle((done, problem) -> problem).join())
                .hasCauseInstanceOf(TaskFailedException.class)
                .hasMessageContaining("SoftTimeLimitExceeded");
    }

    @Test
    void queuesAreAddedAndCancelled() {
        Task<String> task = define("task", TaskOptions.DEFAULTS);
        Worker worker = start("a@host");
        assertThat(ask("add_consumer", Map.of("queue", "more"))).containsEntry("a@host", ok("add consumer more"));
        task.call().queue("more").send();
        await().atMost(PATIENCE).until(() -> ran.size() == 1);
        assertThat(worker.consumers().queues()).containsExactly("celery", "more");
        assertThat(ask("cancel_consumer", Map.of("queue", "more")))
                .containsEntry("a@host", ok("no longer consuming from more"));
        await().atMost(PATIENCE)
                .until(() -> tasks.transport().inspect("more").join().consumers() == 0);
        tasks.control().addConsumer("again").join();
        await().atMost(PATIENCE).until(() -> worker.consumers().queues().contains("again"));
        tasks.control().cancelConsumer("again").join();
        await().atMost(PATIENCE).until(() -> !worker.consumers().queues().contains("again"));
    }

    @Test
    void aPoolGrowsWithItsLoadBetweenItsBounds() throws InterruptedException {
        CountDownLatch free = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        Task<String> task = tasks.define("waits", String.class, TaskOptions.DEFAULTS, call -> {
            running.countDown();
            free.await();
            return "done";
        });
        start("a@host", WorkerOptions.defaults("host").withAutoscale(1, 3));
        for (int i = 0; i < 10; i++) {
            task.delay();
        }
        running.await();
        assertThat(ask("pool_grow", Map.of("n", 1)).get("a@host")).asString().contains("not supported with autoscale");
        assertThat(ask("autoscale", Map.of("max", 2, "min", 1)))
                .containsEntry("a@host", ok("autoscale now max=2 min=1"));
        assertThat(ask("autoscale", Map.of("max", 1, "min", 2)).get("a@host"))
                .asString()
                .contains("error");
        tasks.control().autoscale(1, 5).join();
        free.countDown();
    }

    @Test
    void whatAWorkerDoesNotAllowItRefusesInCelerysWords() {
        start("a@host");
        assertThat(ask("pool_restart", Map.of()))
                .containsEntry("a@host", error("ValueError('Pool restarts not enabled')"));
        assertThat(ask("autoscale", Map.of("max", 3)))
                .containsEntry("a@host", error("ValueError('Autoscale not enabled')"));
        assertThat(ask("pool_grow", Map.of("n", 2))).containsEntry("a@host", ok("pool will grow"));
        assertThat(ask("pool_grow", Map.of("n", "many")).get("a@host"))
                .asString()
                .contains("a wrong n");
        assertThat(ask("enable_events", Map.of())).containsEntry("a@host", ok("task events enabled"));
        assertThat(ask("enable_events", Map.of())).containsEntry("a@host", ok("task events already enabled"));
    }

    @Test
    void aWorkerThatIsToldToShutDownEndsWhenItsCallsHaveEnded() {
        Worker worker = start("a@host");
        Worker other = start("b@host");
        tasks.control().to("a@host").shutdown().join();
        worker.whenClosed().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        assertThat(other.whenClosed()).isNotDone();
        assertThat(tasks.control().inspect(A_WHILE).ping().join()).containsOnlyKeys("b@host");
    }

    @Test
    void aNewWorkerLearnsWhatIsRevoked() {
        Worker worker = start("a@host");
        tasks.control().revoke("an id", Control.Revoke.IF_WAITING).join();
        await().atMost(PATIENCE).until(() -> ask("revoked", Map.of()).equals(Map.of("a@host", List.of("an id"))));
        start("b@host");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(ask("revoked", Map.of())).containsEntry("b@host", List.of("an id")));
        assertThat(worker.name()).isEqualTo("a@host");
    }
}
