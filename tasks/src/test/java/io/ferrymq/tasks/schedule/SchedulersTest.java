package io.ferrymq.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.tasks.Task;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedulers over the broker in this process, by a clock that the test turns. */
final class SchedulersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final String broker = "memory:schedules-" + System.nanoTime();
    private final TurnedClock clock = new TurnedClock(BEGIN);
    private final Tasks tasks = Tasks.open(broker);
    private final Schedules schedules =
            Schedules.of(tasks, SchedulerOptions.defaults().withClock(clock));
    private final Task<Void> report = tasks.task("report", Void.class);
    private final Queue<TaskMessage> calls = new ConcurrentLinkedQueue<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void collectCalls() {
        tasks.declared("celery").join();
        tasks.transport()
                .consume(ConsumeSpec.shared("celery", 0), delivery -> {
                    calls.add(TaskMessageFormat.decode(WireMessages.of(delivery)));
                    delivery.settle(Settlement.ACCEPT);
                })
                .join();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        tasks.close();
    }

    private SchedulerOptions options() {
        return SchedulerOptions.defaults().withClock(clock);
    }

    private Scheduler start() {
        Scheduler scheduler = Scheduler.start(tasks, options());
        open.add(scheduler);
        return scheduler;
    }

    /** Puts an entry that begins with the clock of the test. */
    private void putEvery(String name, Duration interval, MissedRuns missed) {
        schedules
                .put(name, Schedule.every(interval, clock.instant()), report.call(name), missed)
                .join();
    }

    private void turn(Scheduler scheduler, Duration by) {
        clock.turn(by);
        scheduler.look();
    }

    private List<ScheduleStatus> list() {
        return schedules.list(PATIENCE).join();
    }

    private ScheduleStatus only() {
        assertThat(list()).hasSize(1);
        return list().get(0);
    }

    private void awaitCalls(int count) {
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(calls).hasSize(count));
    }

    @Test
    void anEntryFiresAtItsTicks() {
        Scheduler scheduler = start();
        putEvery("hourly", Duration.ofHours(1), MissedRuns.SKIP);
        assertThat(only().next()).isEqualTo(BEGIN.plus(Duration.ofHours(1)));
        assertThat(calls).isEmpty();
        for (int i = 1; i <= 3; i++) {
            turn(scheduler, Duration.ofHours(1));
            awaitCalls(i);
        }
        assertThat(calls).allSatisfy(call -> {
            assertThat(call.task()).isEqualTo("report");
            assertThat(call.args()).containsExactly("hourly");
            assertThat(call.replyTo()).isEmpty();
            assertThat(call.headers()).containsEntry("ferry-schedule", "hourly").containsKey("ferry-tick");
        });
        assertThat(calls.stream().map(TaskMessage::id)).doesNotHaveDuplicates();
        ScheduleStatus status = only();
        assertThat(status.last()).isEqualTo(clock.instant());
        assertThat(status.history()).hasSize(3);
        assertThat(status.history().get(2).taskId())
                .isEqualTo(List.copyOf(calls).get(2).id());
    }

    @Test
    void aOneTimeEntryFiresAndGoes() {
        Scheduler scheduler = start();
        schedules.put("once", Schedule.at(BEGIN.plusSeconds(5)), report.call()).join();
        assertThat(list()).hasSize(1);
        turn(scheduler, Duration.ofSeconds(5));
        awaitCalls(1);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(list()).isEmpty());
    }

    @Test
    void changesTakeEffectInTheirOrder() {
        Scheduler scheduler = start();
        putEvery("entry", Duration.ofHours(1), MissedRuns.SKIP);
        schedules.pause("entry").join();
        assertThat(only().paused()).isTrue();
        turn(scheduler, Duration.ofHours(1));
        schedules.runNow("entry").join();
        awaitCalls(1);
        schedules.resume("entry").join();
        assertThat(only().next()).isEqualTo(BEGIN.plus(Duration.ofHours(2)));
        turn(scheduler, Duration.ofHours(1));
        awaitCalls(2);
        schedules
                .put("entry", Schedule.cron("0 3 * * *", ZoneOffset.UTC), report.call("other"))
                .join();
        schedules.remove("no such entry").join();
        schedules.runNow("no such entry").join();
        assertThat(only().schedule()).isEqualTo(Schedule.cron("0 3 * * *", ZoneOffset.UTC));
        schedules.remove("entry").join();
        assertThat(list()).isEmpty();
        turn(scheduler, Duration.ofDays(1));
        assertThat(list()).isEmpty();
        assertThat(calls).hasSize(2);
    }

    @Test
    void changesWaitForAScheduler() {
        putEvery("entry", Duration.ofHours(1), MissedRuns.ONCE);
        schedules.runNow("entry").join();
        clock.turn(Duration.ofHours(10));
        start();
        awaitCalls(2);
        assertThat(only().history()).hasSize(2);
    }

    @Test
    void whatWasMissedIsMadeUpForAsTheEntrySays() {
        putEvery("skip", Duration.ofHours(1), MissedRuns.SKIP);
        putEvery("once", Duration.ofHours(1), MissedRuns.ONCE);
        putEvery("all", Duration.ofHours(1), MissedRuns.all(40));
        clock.turn(Duration.ofHours(30).plusMinutes(30));
        start();
        awaitCalls(31);
        list();
        assertThat(calls).hasSize(31);
        assertThat(calls.stream().filter(call -> call.args().contains("once"))).hasSize(1);
    }

    @Test
    void anEntryPutAgainDoesNotBeginAnew() {
        Scheduler scheduler = start();
        schedules
                .put("entry", Schedule.every(Duration.ofHours(1), BEGIN), report.call(1))
                .join();
        turn(scheduler, Duration.ofMinutes(50));
        schedules
                .put("entry", Schedule.every(Duration.ofHours(1)), report.call(2))
                .join();
        assertThat(only().next()).isEqualTo(BEGIN.plus(Duration.ofHours(1)));
        assertThat(only().call().args()).isEqualTo(List.of(2));
    }

    @Test
    void manyEntriesAreListedByTheirNames() {
        start();
        for (int i = 0; i < 250; i++) {
            putEvery(String.format("entry %03d", i), Duration.ofHours(1), MissedRuns.SKIP);
        }
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(list()).hasSize(250));
        assertThat(list()).isSortedAccordingTo((a, b) -> a.name().compareTo(b.name()));
    }

    @Test
    void aListWithoutASchedulerFails() {
        assertThatThrownBy(() -> schedules.list(Duration.ofMillis(50)).join())
                .hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void anEntryThatIsTooLargeOrHasNoNameIsRefused() {
        Schedule hourly = Schedule.every(Duration.ofHours(1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> schedules.put("large", hourly, report.call("x".repeat(20_000))));
        assertThatIllegalArgumentException().isThrownBy(() -> schedules.put(" ", hourly, report.call()));
        assertThatIllegalArgumentException().isThrownBy(() -> schedules.remove("x".repeat(201)));
    }

    @Test
    void whatIsNoScheduleMessageIsRejectedAndHarmsNothing() {
        Scheduler scheduler = start();
        putEvery("entry", Duration.ofHours(1), MissedRuns.SKIP);
        for (String type : List.of(
                ScheduleMessages.ENTRY, ScheduleMessages.CHANGE, ScheduleMessages.LIST, ScheduleMessages.MARK, "")) {
            for (String body : List.of(
                    "",
                    "[]",
                    "{}",
                    "{\"name\": \"x\", \"version\": 1, \"schedule\": {\"cron\": \"x\", \"zone\": \"y\"}}",
                    "{\"change\": \"put\", \"name\": \"x\", \"at\": \"2026-01-01T00:00:00Z\", \"schedule\":"
                            + " {\"every\": \"PT-1S\"}, \"call\": {\"task\": \"t\"}}",
                    "{\"change\": \"put\", \"name\": \"x\", \"at\": \"2026-01-01T00:00:00Z\", \"schedule\":"
                            + " {\"every\": \"PT1S\"}, \"call\": {\"task\": \"t\", \"options\": {\"eta\": \"x\"}}}")) {
                MessageProperties properties =
                        MessageProperties.builder().type(type).build();
                tasks.transport()
                        .publish(OutgoingMessage.toQueue(
                                SchedulerOptions.QUEUE, properties, body.getBytes(StandardCharsets.UTF_8)))
                        .join();
            }
        }
        assertThat(only().name()).isEqualTo("entry");
        turn(scheduler, Duration.ofHours(1));
        awaitCalls(1);
    }

    @Test
    void anEntryIsHeldInANewMessageBeforeABrokerLosesPatience() {
        Scheduler scheduler = start();
        putEvery("entry", Duration.ofDays(1), MissedRuns.SKIP);
        assertThat(list()).hasSize(1);
        for (int i = 0; i < 20; i++) {
            turn(scheduler, Duration.ofMinutes(11));
            assertThat(list()).hasSize(1);
        }
        scheduler.close();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(tasks.transport()
                                .inspect(SchedulerOptions.QUEUE)
                                .join()
                                .ready())
                        .isEqualTo(1));
        List<Long> versions = new ArrayList<>();
        tasks.transport()
                .consume(
                        ConsumeSpec.settledOnDelivery(SchedulerOptions.QUEUE),
                        delivery -> versions.add(ScheduleMessages.entry(ScheduleMessages.fields(delivery))
                                .version()))
                .join();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(versions).hasSize(1));
        assertThat(versions.get(0)).isGreaterThan(1);
    }

    @Test
    void eachTickFiresOnceWithThreeSchedulersOfWhichTheActiveOneDiesAgainAndAgain() throws Exception {
        Duration interval = Duration.ofMillis(200);
        schedules
                .put("entry", Schedule.every(interval, BEGIN), report.call(), MissedRuns.all(1_000))
                .join();
        List<Tasks> connections = new ArrayList<>();
        List<Scheduler> schedulers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            connections.add(Tasks.open(broker));
            schedulers.add(Scheduler.start(connections.get(i), options()));
        }
        int ticks = 300;
        int deaths = 0;
        for (int tick = 1; tick <= ticks; tick++) {
            clock.turn(interval);
            schedulers.forEach(Scheduler::look);
            if (tick % 10 == 0) {
                int active = active(schedulers);
                // Its connection goes, at whatever point it is; what it had not committed is gone with it.
                connections.get(active).close();
                schedulers.get(active).close();
                connections.set(active, Tasks.open(broker));
                schedulers.set(active, Scheduler.start(connections.get(active), options()));
                deaths++;
            }
        }
        awaitCalls(ticks);
        assertThat(deaths).isEqualTo(30);
        Set<String> ids = new HashSet<>();
        calls.forEach(call -> assertThat(ids.add(call.id())).isTrue());
        Entry entry = Entry.put(
                new Change.Put(
                        "entry",
                        BEGIN,
                        Schedule.every(interval, BEGIN),
                        report.call().signature(),
                        MissedRuns.ONCE),
                BEGIN,
                null);
        for (int tick = 1; tick <= ticks; tick++) {
            assertThat(ids).contains(entry.taskId(BEGIN.plus(interval.multipliedBy(tick))));
        }
        schedulers.forEach(Scheduler::close);
        connections.forEach(Tasks::close);
    }

    private static int active(List<Scheduler> schedulers) {
        await().atMost(PATIENCE).until(() -> schedulers.stream().anyMatch(Scheduler::isActive));
        for (int i = 0; i < schedulers.size(); i++) {
            if (schedulers.get(i).isActive()) {
                return i;
            }
        }
        return 0;
    }

    @Test
    void aQueueThatIsDeletedIsDeclaredAgain() {
        start();
        putEvery("entry", Duration.ofHours(1), MissedRuns.SKIP);
        assertThat(list()).hasSize(1);
        tasks.transport().deleteQueue(SchedulerOptions.QUEUE).join();
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() ->
                        tasks.transport().inspect(SchedulerOptions.QUEUE).join().consumers() == 1);
        putEvery("other", Duration.ofHours(1), MissedRuns.SKIP);
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(list()).extracting(ScheduleStatus::name).containsExactly("other"));
    }
}
