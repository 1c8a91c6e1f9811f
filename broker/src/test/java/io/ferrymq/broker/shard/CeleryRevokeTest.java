package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.control;
import static io.ferrymq.broker.shard.TaskDraft.held;
import static io.ferrymq.broker.shard.TaskDraft.result;
import static io.ferrymq.broker.shard.TaskDraft.revoke;
import static io.ferrymq.broker.shard.TaskDraft.task;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VhostSpec;
import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tasks that are revoked, in a queue that understands them. */
final class CeleryRevokeTest {
    private static final long DAY = 86_400_000;

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    CeleryRevokeTest() throws IOException {}

    @BeforeEach
    void declare() {
        declareIn(guest);
        world.quiet();
    }

    private static void declareIn(Guest guest) {
        guest.link.declareExchange(
                new ExchangeSpec("celery.pidbox", ExchangeType.FANOUT, false, false, false, Map.of()));
        guest.declare("q", "x-ferry-celery", true);
        guest.declare("replies");
    }

    private long in(long millis) {
        return world.lane.nowMillis() + millis;
    }

    private List<String> arrived() {
        return guest.drain(world, "q");
    }

    private List<String> told() {
        return guest.drain(world, "replies");
    }

    private TaskDraft called(String id) {
        return task(id).header("reply_to", "replies");
    }

    private void use(World other) {
        world = other;
        guest = new Guest(other);
        guest.link.declareExchange(
                new ExchangeSpec("celery.pidbox", ExchangeType.FANOUT, false, false, false, Map.of()));
        world.settle();
    }

    private void losePower() throws IOException {
        world.quiet();
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        use(after);
    }

    private void restart() throws IOException {
        world.quiet();
        use(world.restart());
    }

    // ---- what is revoked ----

    @Test
    void neverHandsOutARevokedTaskThatWaits() {
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        called("c").to(guest, "q");
        revoke(guest, "b");
        assertThat(arrived()).containsExactly("a", "c");
        assertThat(told()).containsExactly(result("b", "revoked"));
    }

    @Test
    void dropsARevokedTaskThatIsFirstThoughNobodyAsksForIt() {
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        world.settle();
        revoke(guest, "a");
        world.settle();
        assertThat(guest.ready("q")).isEqualTo(1);
        assertThat(told()).containsExactly(result("a", "revoked"));
        revoke(guest, "b");
        world.settle();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void neverHandsOutARevokedTaskThatIsHeld() {
        called("a").eta(in(1_000)).to(guest, "q");
        revoke(guest, "a");
        world.pass(1_000);
        assertThat(arrived()).isEmpty();
        assertThat(told()).containsExactly(result("a", "revoked"));
        assertThat(held(world, "q")).isZero();
    }

    @Test
    void tellsTheCallerOfARevokedTaskWhenItIsDueThoughOthersWait() {
        called("first").to(guest, "q");
        called("a").eta(in(1_000)).to(guest, "q");
        revoke(guest, "a");
        world.pass(1_000);
        assertThat(told()).containsExactly(result("a", "revoked"));
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void sendsAHeldTaskThatIsRevokedWhereItsQueueSendsDeadLetters() throws IOException {
        guest.declare(
                "dying", "x-ferry-celery", true, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("dead");
        called("a").eta(in(1_000)).to(guest, "dying");
        revoke(guest, "a");
        world.pass(1_000);
        losePower();
        Inbox inbox = guest.consume("dead", 1);
        world.settle();
        History history = Objects.requireNonNull(inbox.last().history());
        assertThat(history.first().reason()).isEqualTo(Death.Reason.EXPIRED);
        assertThat(history.first().queue()).isEqualTo("dying");
        assertThat(told()).containsExactly(result("a", "revoked"));
    }

    @Test
    void neverHandsOutARevokedTaskThatComesLater() {
        revoke(guest, "a");
        Inbox inbox = guest.consume("q", 5);
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        world.settle();
        assertThat(inbox.texts()).containsExactly("b");
        assertThat(told()).containsExactly(result("a", "revoked"));
    }

    @Test
    void neverHandsOutARevokedTaskAgainThatAWorkerGaveBack() {
        called("a").to(guest, "q");
        Inbox inbox = guest.consume("q", 1);
        world.settle();
        revoke(guest, "a");
        world.settle();
        assertThat(told()).isEmpty();
        inbox.settle(guest, 0, Settlement.REQUEUE);
        world.settle();
        assertThat(inbox.texts()).containsExactly("a");
        assertThat(told()).containsExactly(result("a", "revoked"));
    }

    @Test
    void fetchesNoRevokedTask() {
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        world.settle();
        revoke(guest, "a");
        revoke(guest, "b");
        assertThat(guest.fetch("q").texts()).isEmpty();
        called("c").to(guest, "q");
        world.settle();
        assertThat(guest.fetch("q").texts()).containsExactly("c");
    }

    @Test
    void revokesSeveralTasksAtOnce() {
        control(guest, "{\"method\": \"terminate\", \"arguments\": {\"task_id\": [\"a\", \"c\"], \"signal\": 9}}");
        for (String id : List.of("a", "b", "c")) {
            called(id).to(guest, "q");
        }
        assertThat(arrived()).containsExactly("b");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"method\": \"revoke\", \"arguments\": {\"task_id\": \"a\"}, \"destination\": [\"w@host\"]}",
                "{\"method\": \"revoke\", \"arguments\": {\"task_id\": \"a\"}, \"pattern\": \"w*\", \"matcher\": \"glob\"}",
                "{\"method\": \"ping\", \"arguments\": {\"task_id\": \"a\"}}",
                "{\"method\": \"revoke\", \"arguments\": {\"task_id\": \"a\"}",
                "not json"
            })
    void revokesNothingWithAnotherCommand(String body) {
        control(guest, body);
        called("a").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void stillRoutesTheCommandToWorkers() {
        guest.declareTransient("worker");
        guest.link.bindQueue("worker", "celery.pidbox", "", Map.of());
        revoke(guest, "a");
        assertThat(guest.drain(world, "worker")).hasSize(1);
    }

    @Test
    void concernsTheVirtualHostAlone() {
        world.broker.administration().putVhost(VhostSpec.named("other"));
        var other = world.broker.administration().operatorLink("other");
        other.declareExchange(new ExchangeSpec("celery.pidbox", ExchangeType.FANOUT, false, false, false, Map.of()));
        other.declareQueue(new QueueSpec("q", true, false, false, QueueArguments.of(Map.of("x-ferry-celery", true))));
        Publication command = Guest.message("", "{\"method\": \"revoke\", \"arguments\": {\"task_id\": \"a\"}}");
        command.address(ShortText.of("celery.pidbox"), ShortText.EMPTY, List.of());
        other.publish(command);
        called("a").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void remembersNothingWithoutAQueueThatUnderstandsTasks() {
        guest.link.deleteQueue("q", Set.of());
        assertThat(revoke(guest, "a").durableAt()).isZero();
        guest.declare("q", "x-ferry-celery", true);
        called("a").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void handsOutARevokedTaskFromAQueueThatDoesNotUnderstandTasks() {
        guest.declare("plain");
        revoke(guest, "a");
        called("a").to(guest, "plain");
        assertThat(guest.drain(world, "plain")).containsExactly("a");
    }

    @Test
    void sendsARevokedTaskWhereItsQueueSendsDeadLetters() {
        guest.declare(
                "dying", "x-ferry-celery", true, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("dead");
        called("a").to(guest, "dying");
        revoke(guest, "a");
        world.settle();
        Inbox inbox = guest.consume("dead", 1);
        world.settle();
        History history = Objects.requireNonNull(inbox.last().history());
        assertThat(history.first().reason()).isEqualTo(Death.Reason.EXPIRED);
        assertThat(told()).containsExactly(result("a", "revoked"));
    }

    @Test
    void endsARevokedTaskWhoseDeadLettersComeBack() {
        guest.declare(
                "loop", "x-ferry-celery", true, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "loop");
        revoke(guest, "a");
        called("a").to(guest, "loop");
        world.settle();
        assertThat(guest.ready("loop")).isZero();
        assertThat(told()).containsExactly(result("a", "revoked"));
    }

    // ---- how long ----

    @Test
    void remembersRevokedTasksOverALossOfPower() throws IOException {
        called("waiting").to(guest, "q");
        called("held").eta(in(20_000)).to(guest, "q");
        for (String id : List.of("waiting", "held", "later")) {
            revoke(guest, id);
        }
        losePower();
        called("later").to(guest, "q");
        world.pass(20_000);
        assertThat(arrived()).isEmpty();
        assertThat(told())
                .containsExactly(result("waiting", "revoked"), result("later", "revoked"), result("held", "revoked"));
    }

    @Test
    void remembersRevokedTasksInACheckpoint() throws IOException {
        revoke(guest, "a");
        restart();
        restart();
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void confirmsARevocationWhenItIsDurable() {
        Publication command = revoke(guest, "a");
        assertThat(command.durableAt()).isGreaterThan(guest.link.durableSequence());
        world.settle();
        assertThat(guest.link.durableSequence()).isGreaterThanOrEqualTo(command.durableAt());
    }

    @Test
    void forgetsRevokedTasksWhenTheirTimeIsOver() throws IOException {
        revoke(guest, "a");
        world.pass(29 * DAY);
        revoke(guest, "b");
        world.pass(2 * DAY);
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
        losePower();
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    @Test
    void forgetsTheOldestWhenThereAreTooMany() throws IOException {
        BrokerOptions usual = BrokerOptions.defaults();
        BrokerOptions few = new BrokerOptions(
                usual.queuesMax(),
                usual.memoryBytesMax(),
                usual.diskFreeBytesMin(),
                usual.pendingBytesMax(),
                usual.settleDelayMillis(),
                2,
                DAY,
                usual.loopbackUsers());
        use(World.open(new FakeDisk(), 1_000_000, few, World.SMALL_LOG));
        declareIn(guest);
        for (String id : List.of("a", "b", "a", "c")) {
            revoke(guest, id);
        }
        for (String id : List.of("a", "b", "c")) {
            called(id).to(guest, "q");
        }
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void forgetsRevokedTasksWithTheirVirtualHost() throws IOException {
        revoke(guest, "a");
        world.broker.administration().deleteVhost("/");
        world.broker.administration().putVhost(VhostSpec.named("/"));
        world.broker.administration().putPermissions("guest", "/", new Permissions(".*", ".*", ".*"));
        guest = new Guest(world);
        declareIn(guest);
        called("a").to(guest, "q");
        assertThat(arrived()).containsExactly("a");
    }

    // ---- for operators ----

    private int delete(String id) {
        return world.broker.administration().deleteTask("/", "q", id);
    }

    @Test
    void deletesATaskThatWaits() throws IOException {
        for (String id : List.of("a", "b", "a", "c")) {
            called(id).to(guest, "q");
        }
        world.settle();
        assertThat(delete("a")).isEqualTo(2);
        assertThat(delete("a")).isZero();
        assertThat(guest.ready("q")).isEqualTo(2);
        losePower();
        assertThat(arrived()).containsExactly("b", "c");
        assertThat(told()).isEmpty();
    }

    @Test
    void deletesATaskThatIsHeld() throws IOException {
        called("a").eta(in(20_000)).to(guest, "q");
        called("b").eta(in(20_000)).to(guest, "q");
        assertThat(delete("a")).isEqualTo(1);
        losePower();
        world.pass(20_000);
        assertThat(arrived()).containsExactly("b");
    }

    @Test
    void deletesATaskThatCameBackAndNoneThatAWorkerHas() {
        for (String id : List.of("a", "a", "a", "b")) {
            called(id).to(guest, "q");
        }
        Inbox worker = guest.consume("q", 2);
        world.settle();
        worker.cancel();
        worker.settle(guest, 0, Settlement.REQUEUE);
        assertThat(delete("a")).isEqualTo(2);
        assertThat(guest.ready("q")).isEqualTo(1);
        worker.settle(guest, 1, Settlement.REQUEUE);
        assertThat(arrived()).containsExactly("a", "b");
    }

    @Test
    void deletesTasksThatRestWhetherSinceARestartOrNot() throws IOException {
        guest.declare(
                "r",
                "x-queue-type",
                "quorum",
                "x-ferry-celery",
                true,
                "x-delayed-retry-type",
                "all",
                "x-delayed-retry-min",
                5_000);
        for (String id : List.of("d", "a", "b", "c", "a")) {
            called(id).to(guest, "r");
        }
        Inbox worker = guest.consume("r", 5);
        world.settle();
        worker.cancel();
        for (int i = 1; i < 5; i++) {
            worker.settle(guest, i, Settlement.REQUEUE);
        }
        assertThat(world.broker.administration().deleteTask("/", "r", "b")).isEqualTo(1);
        restart();
        assertThat(world.broker.administration().deleteTask("/", "r", "a")).isEqualTo(2);
        assertThat(guest.ready("r")).isEqualTo(1);
        world.pass(20_000);
        assertThat(world.hasFailed()).isFalse();
        assertThat(world.lane.breaks).isEmpty();
        assertThat(guest.drain(world, "r")).containsExactly("d", "c");
        restart();
        assertThat(guest.ready("r")).isZero();
    }

    @Test
    void readingACommandAndAskingEveryQueueIsCharged() {
        for (int i = 0; i < 100; i++) {
            guest.declare("q" + i, "x-ferry-celery", true);
        }
        long before = guest.link.spentUnits();
        revoke(guest, "one");
        long one = guest.link.spentUnits() - before;
        assertThat(one).isGreaterThan(200);
        before = guest.link.spentUnits();
        String ids = IntStream.range(0, 1_000).mapToObj(id -> "\"" + id + "\"").collect(Collectors.joining(","));
        control(guest, "{\"method\": \"revoke\", \"arguments\": {\"task_id\": [" + ids + "]}}");
        assertThat(guest.link.spentUnits() - before - one).isGreaterThan(3_000);
    }

    @Test
    void deletesTheFirstTaskThoughADeliveryWasPrepared() {
        called("a").to(guest, "q");
        called("b").to(guest, "q");
        guest.consume("q", 0);
        world.settle();
        assertThat(delete("a")).isEqualTo(1);
        assertThat(arrived()).containsExactly("b");
        assertThat(delete("b")).isZero();
    }

    @Test
    void deletesTasksFromEveryPlaceOfALongQueue() throws IOException {
        for (int i = 0; i < 5_000; i++) {
            called("t" + i % 100).to(guest, "q");
        }
        world.settle();
        for (int id = 0; id < 98; id++) {
            assertThat(delete("t" + id)).isEqualTo(50);
        }
        losePower();
        assertThat(guest.ready("q")).isEqualTo(100);
        assertThat(arrived()).hasSize(100).containsOnly("t98", "t99");
        called("last").to(guest, "q");
        assertThat(arrived()).containsExactly("last");
    }
}
