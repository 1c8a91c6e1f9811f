package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.ChordMessages.Join;
import io.ferrymq.tasks.message.Composite;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Chords in workers that stop, are lost, or hold them for long. */
@Timeout(120)
final class JoinerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ID = "the-chord";
    private static final String PARTS = ChordMessages.queue(ID);
    private static final TaskMessage CALLER = new TaskMessage(
            "root",
            "root",
            List.of(),
            Map.of(),
            TaskMessage.Lineage.root("root"),
            TaskMessage.Timing.AT_ONCE,
            TaskMessage.FollowUp.NONE,
            "",
            0,
            0,
            false,
            null,
            "",
            Map.of());

    private final String uri = "memory:" + UUID.randomUUID();
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger bodies = new AtomicInteger();
    private final Tasks tasks = Tasks.open(uri);

    @BeforeEach
    void declare() {
        tasks.chords().declared().join();
    }

    @AfterEach
    void close() {
        gate.countDown();
        tasks.close();
    }

    /** A program with a worker of its own. */
    private final class Program implements AutoCloseable {
        private final Tasks own = Tasks.open(uri);
        private final Worker worker;

        Program() {
            TaskOptions stored =
                    TaskOptions.builder().storeResult(Duration.ofMinutes(5)).build();
            TaskOptions late = TaskOptions.builder()
                    .acknowledge(TaskOptions.Acknowledge.LATE)
                    .build();
            own.define("number", Integer.class, late, call -> call.argument(0, Integer.class));
            own.define("wait", Integer.class, late, call -> {
                gate.await();
                return 2;
            });
            own.define("sum", Integer.class, stored, call -> {
                bodies.incrementAndGet();
                List<?> numbers = call.argument(0, List.class);
                return numbers.stream()
                        .mapToInt(number -> ((Number) number).intValue())
                        .sum();
            });
            worker = Worker.start(
                    own, WorkerOptions.defaults(own.host()).withConcurrency(2).withGrace(Duration.ofMillis(10)));
        }

        @Override
        public void close() {
            worker.close();
            own.close();
        }
    }

    private static Signature call(String task, Object... args) {
        return Signature.of(task, List.of(args));
    }

    private void begin(Signature... header) {
        Signature chord = Composite.chain(
                List.of(Composite.group(ID, List.of(header)), call("sum").withOption("task_id", "the-body")));
        for (Signature first : Composite.firsts(chord)) {
            tasks.sendFollowing(first, CALLER).join();
        }
    }

    private Integer bodysResult() throws InterruptedException, TimeoutException {
        Integer result = tasks.result("the-body", Integer.class).get(PATIENCE);
        return result == null ? -1 : result;
    }

    private boolean exists(String queue) {
        return tasks.transport()
                .inspect(queue)
                .handle((state, problem) -> problem == null)
                .join();
    }

    private long ready(String queue) {
        return tasks.transport().inspect(queue).join().ready();
    }

    private int consumers(String queue) {
        return tasks.transport()
                .inspect(queue)
                .handle((state, problem) -> problem == null ? state.consumers() : -1)
                .join();
    }

    @Test
    void aChordLeavesNothingBehind() throws InterruptedException, TimeoutException {
        try (Program program = new Program()) {
            begin(call("number", 1), call("number", 2));
            assertThat(bodysResult()).isEqualTo(3);
            await().atMost(PATIENCE).until(() -> !exists(PARTS));
        }
        assertThat(ready(ChordMessages.EXCHANGE)).isZero();
    }

    @Test
    void aChordWhoseWorkerIsLostIsJoinedByAnother() throws InterruptedException, TimeoutException {
        Program lost = new Program();
        begin(call("number", 1), call("wait"), call("number", 3));
        await().atMost(PATIENCE).until(() -> consumers(PARTS) == 1);
        try (Program next = new Program()) {
            lost.own.close();
            lost.worker.close();
            gate.countDown();
            assertThat(bodysResult()).isEqualTo(6);
            await().atMost(PATIENCE).until(() -> !exists(PARTS));
        }
        assertThat(bodies).hasValue(1);
    }

    @Test
    void aWorkerThatStopsGivesItsChordsBack() throws InterruptedException, TimeoutException {
        try (Program stopped = new Program()) {
            begin(call("number", 1), call("wait"));
            await().atMost(PATIENCE).until(() -> consumers(PARTS) == 1);
        }
        assertThat(ready(ChordMessages.EXCHANGE)).isEqualTo(1);
        gate.countDown();
        try (Program next = new Program()) {
            assertThat(bodysResult()).isEqualTo(3);
        }
    }

    @Test
    void aChordThatIsHeldForLongIsHandedOn() throws InterruptedException, TimeoutException {
        tasks.transport().declareQueue(QueueDeclaration.durable("tap")).join();
        tasks.transport()
                .bind(new Binding("tap", ChordMessages.EXCHANGE, ChordMessages.EXCHANGE))
                .join();
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        Joiner impatient = new Joiner(tasks, timer, Duration.ofMillis(1));
        Joiner another = new Joiner(tasks, timer, Duration.ofMillis(1));
        impatient.start().join();
        another.start().join();
        begin(call("number", 1), call("number", 2));
        // Begun, joined, and joined again and again.
        await().atMost(PATIENCE).until(() -> ready("tap") >= 5);
        try (Program program = new Program()) {
            assertThat(bodysResult()).isEqualTo(3);
        }
        impatient.close();
        another.close();
        timer.shutdownNow();
        assertThat(bodies).hasValue(1);
    }

    @Test
    void aChordFailsWhenItsTimeIsOver() {
        tasks.transport()
                .declareQueueOnce(QueueDeclaration.durable(PARTS), new Binding(PARTS, ChordMessages.EXCHANGE, PARTS))
                .join();
        Signature body = call("sum").withOption("task_id", "the-body");
        Signature join = ChordMessages.join(new Join(ID, 2, List.of(body), Instant.EPOCH));
        try (Program program = new Program()) {
            tasks.sendFollowing(join, CALLER).join();
            assertThatThrownBy(this::bodysResult).hasMessageContaining("did not all end in time");
            await().atMost(PATIENCE).until(() -> !exists(PARTS));
        }
    }

    @Test
    void aMemberThatCannotBeSentFailsTheChord() {
        try (Program program = new Program()) {
            begin(call("number", 1), call("number", 2).withOption("eta", "not a time"));
            assertThatThrownBy(this::bodysResult).hasMessageContaining("was not sent: a wrong eta");
            await().atMost(PATIENCE).until(() -> !exists(PARTS));
        }
        assertThat(bodies).hasValue(0);
    }

    @Test
    void aBodyThatCannotBeSentFailsTheChord() {
        Signature chord = Composite.chain(List.of(
                Composite.group(ID, List.of(call("number", 1))),
                call("sum").withOption("task_id", "the-body").withOption("eta", "not a time")));
        try (Program program = new Program()) {
            tasks.sendFollowing(Composite.firsts(chord).get(0), CALLER).join();
            await().atMost(PATIENCE).until(() -> !exists(PARTS));
        }
        assertThat(ready(ChordMessages.EXCHANGE)).isZero();
        assertThat(bodies).hasValue(0);
    }

    @Test
    void aChordWhoseQueueIsGoneHasEnded() {
        Signature join = ChordMessages.join(
                new Join(ID, 2, List.of(call("sum")), Instant.now().plusSeconds(3_600)));
        try (Program program = new Program()) {
            tasks.sendFollowing(join, CALLER).join();
            await().atMost(PATIENCE).until(() -> ready(ChordMessages.EXCHANGE) == 0);
        }
        assertThat(ready(ChordMessages.EXCHANGE)).isZero();
        assertThat(bodies).hasValue(0);
    }

    @Test
    void partsThatComeTwiceCountOnceAndForeignMessagesNotAtAll() throws InterruptedException, TimeoutException {
        try (Program program = new Program()) {
            begin(call("number", 1), call("wait"));
            await().atMost(PATIENCE).until(() -> consumers(PARTS) == 1);
            for (String routingKey : List.of(PARTS, ChordMessages.EXCHANGE)) {
                publish(routingKey, "no JSON".getBytes(StandardCharsets.UTF_8));
            }
            Map<String, Object> outside = Map.of("index", 7);
            Map<String, Object> first = Map.of("index", 0);
            for (Map<String, Object> kwargs : List.of(outside, first, first)) {
                Signature part = new Signature(
                        ChordMessages.PART,
                        List.of(1),
                        Map.copyOf(kwargs),
                        Map.of("exchange", ChordMessages.EXCHANGE, "routing_key", PARTS),
                        null,
                        false);
                tasks.sendFollowing(part, CALLER).join();
            }
            gate.countDown();
            assertThat(bodysResult()).isEqualTo(3);
        }
    }

    private void publish(String routingKey, byte[] body) {
        tasks.transport()
                .publish(new OutgoingMessage(
                        ChordMessages.EXCHANGE,
                        routingKey,
                        MessageProperties.builder()
                                .contentType("application/json")
                                .build(),
                        body,
                        OutgoingMessage.Unroutable.FAIL))
                .join();
    }
}
