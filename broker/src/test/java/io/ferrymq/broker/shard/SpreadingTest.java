package io.ferrymq.broker.shard;

import static io.ferrymq.broker.shard.TaskDraft.time;
import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.log.FakeDisk;
import io.ferrymq.log.LogFailedException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** One message that very many places hold, or refuse and dead-letter: it is written for each of them, a few at a time. */
final class SpreadingTest {
    private static final int PENDING_MAX = 100_000;
    private static final int BODY_BYTES = 3_000;
    private static final int PLACES = 300;
    private static final long DELAY_MILLIS = 60_000;
    /** What may be pending, a turn's budget, and the message itself as it came and with its places. */
    private static final long AT_ONCE_MAX = PENDING_MAX + 4 * BODY_BYTES + 40_000;

    private static final BrokerOptions OPTIONS =
            new BrokerOptions(5_000, Long.MAX_VALUE, 0, PENDING_MAX, 20, 1, 1, Set.of("guest"));

    private World world = fresh();
    private Guest guest = new Guest(world);
    private long pendingMost;

    SpreadingTest() throws IOException {}

    private static World fresh() throws IOException {
        return World.open(new FakeDisk(), 1_000_000, OPTIONS, World.SMALL_LOG);
    }

    private void losePower(int seed) throws IOException {
        World after = World.open(
                world.disk.afterPowerLoss(new Random(seed)), world.lane.nowMillis(), OPTIONS, World.SMALL_LOG);
        world.abandon();
        world = after;
        guest = new Guest(after);
        world.settle();
        assertThat(world.lane.breaks).isEmpty();
    }

    // ---- those that need a record each ----

    private void declareRefusing(int number) {
        guest.declare(
                "full" + number,
                "x-max-length",
                0L,
                "x-overflow",
                "reject-publish-dlx",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead");
        guest.link.bindQueue("full" + number, "amq.fanout", "", Map.of());
    }

    private void declareDelaying(int number) {
        String name = "later" + number;
        guest.link.declareExchange(
                new ExchangeSpec(name, ExchangeType.DELAYED, true, false, false, Map.of("x-delayed-type", "fanout")));
        guest.link.bindExchange(name, "amq.fanout", "", Map.of());
        guest.link.bindQueue("dead", name, "", Map.of());
    }

    private void declareTaskQueue(int number) {
        guest.declare("tasks" + number, "x-ferry-celery", true);
        guest.link.bindQueue("tasks" + number, "amq.fanout", "", Map.of());
    }

    private void declareFull(int number) {
        guest.declare("bounded" + number, "x-max-length", 1L, "x-overflow", "reject-publish");
        guest.publish("bounded" + number, "filler");
        guest.link.bindQueue("bounded" + number, "amq.fanout", "", Map.of());
    }

    private void declare(IntConsumer one, int count) {
        guest.declare("dead");
        for (int i = 0; i < count; i++) {
            one.accept(i);
        }
        world.quiet();
    }

    private static Publication message() {
        String header =
                "task=f\nid=1\ncorrelation_id=1\neta=" + time(1_000_000 + DELAY_MILLIS) + "\nx-delay=" + DELAY_MILLIS;
        Publication message = Guest.message(header, "x".repeat(BODY_BYTES));
        message.address(ShortText.of("amq.fanout"), ShortText.EMPTY, List.of());
        return message;
    }

    private Publication publish(long delayMillis) {
        Publication message = message();
        message.delays(delayMillis, DELAY_MILLIS);
        guest.link.publish(message);
        pendingMost = Math.max(pendingMost, world.log.pendingBytes());
        return message;
    }

    /** Lets a slow disk write only when the lane has nothing left to do, and notes how much ever waits for it. */
    private void run(long millis) {
        for (long passed = 0; passed < millis; passed += 5) {
            boolean turned = true;
            while (turned) {
                while (world.lane.turn()) {
                    pendingMost = Math.max(pendingMost, world.log.pendingBytes());
                }
                turned = world.journal.turn() | world.background.turn();
            }
            world.lane.pass(5);
        }
    }

    private long inAll(String prefix) {
        long ready = 0;
        for (int i = 0; i < PLACES; i++) {
            ready += guest.ready(prefix + i);
        }
        return ready;
    }

    private long delayed() {
        return world.broker.administration().delayedMessages("/").count();
    }

    @Test
    void manyThatRefuseIt() {
        declare(this::declareRefusing, PLACES);
        Publication message = publish(0);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.REJECTED);
        run(1_000);
        assertThat(pendingMost).isLessThan(AT_ONCE_MAX);
        assertThat(guest.ready("dead")).isEqualTo(PLACES);
        assertThat(delayed()).isZero();
    }

    @Test
    void veryManyThatRefuseIt() {
        int many = 2_500;
        declare(this::declareRefusing, many);
        publish(0);
        run(5_000);
        assertThat(pendingMost).isLessThan(AT_ONCE_MAX);
        assertThat(guest.ready("dead")).isEqualTo(many);
        assertThat(delayed()).isZero();
    }

    @Test
    void manyExchangesThatDelayIt() throws IOException {
        declare(this::declareDelaying, PLACES);
        Publication message = publish(0);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(message.durableAt()).isGreaterThan(guest.link.durableSequence());
        run(1_000);
        assertThat(delayed()).isEqualTo(PLACES);
        assertThat(guest.ready("dead")).isZero();
        losePower(1);
        run(DELAY_MILLIS);
        assertThat(pendingMost).isLessThan(AT_ONCE_MAX);
        assertThat(guest.ready("dead")).isEqualTo(PLACES);
        losePower(2);
        assertThat(delayed()).isZero();
    }

    @Test
    void manyQueuesThatHoldItAsATask() throws IOException {
        declare(this::declareTaskQueue, PLACES);
        Publication message = publish(0);
        assertThat(message.outcome()).isEqualTo(Publication.Outcome.ACCEPTED);
        run(1_000);
        assertThat(delayed()).isEqualTo(PLACES);
        assertThat(inAll("tasks")).isZero();
        losePower(1);
        run(DELAY_MILLIS);
        assertThat(pendingMost).isLessThan(AT_ONCE_MAX);
        assertThat(inAll("tasks")).isEqualTo(PLACES);
    }

    @Test
    void manyQueuesThatAreTooFullWhenItIsDue() {
        declare(this::declareFull, PLACES);
        publish(1_000);
        run(2_000);
        assertThat(pendingMost).isLessThan(AT_ONCE_MAX);
        assertThat(delayed()).isEqualTo(PLACES);
        for (int i = 0; i < PLACES; i++) {
            guest.link.purgeQueue("bounded" + i);
        }
        run(60_000);
        assertThat(delayed()).isZero();
    }

    @Test
    void whatIsToComeIsListedCancelledAndPutOffAsOne() {
        declare(this::declareRefusing, PLACES);
        publish(0);
        var delays = world.broker.administration().delayedMessages("/");
        var first = delays.list("", null, 10);
        assertThat(first).hasSize(1);
        long id = delays.postpone(first.getFirst().id(), world.lane.nowMillis() + 5_000);
        run(1_000);
        assertThat(guest.ready("dead")).isZero();
        assertThat(delays.runNow(id)).isTrue();
        run(1_000);
        assertThat(guest.ready("dead")).isEqualTo(PLACES);
    }

    // ---- power ----

    /** Power is lost in every operation on the disk that follows the confirm. */
    private void whateverPowerIsLostAtNoneIsLost(IntConsumer one, ToLongFunction<Guest> arrived) throws IOException {
        boolean cut = true;
        for (int operation = 1; cut; operation += 2) {
            world = fresh();
            guest = new Guest(world);
            declare(one, 70);
            publish(0);
            turnUntilDurable(world.log.appendedSequence());
            world.disk.faults().losePowerAt(operation);
            passUntilPowerIsLost();
            cut = world.disk.faults().powerIsLost();
            losePower(operation);
            run(DELAY_MILLIS + 1_000);
            assertThat(arrived.applyAsLong(guest))
                    .as("lost at operation %d", operation)
                    .isGreaterThanOrEqualTo(70);
        }
    }

    private void turnUntilDurable(long sequence) {
        while (world.log.durableSequence() < sequence) {
            var _ = world.lane.turn() | world.journal.turn() | world.background.turn();
        }
    }

    private void passUntilPowerIsLost() {
        try {
            for (int i = 0; i < 8 && !world.hasFailed(); i++) {
                world.pass(5);
            }
        } catch (LogFailedException _) {
            assertThat(world.disk.faults().powerIsLost()).isTrue();
        }
    }

    @Test
    void noDeadLetterIsLostThoughPowerIs() throws IOException {
        whateverPowerIsLostAtNoneIsLost(this::declareRefusing, found -> found.ready("dead"));
    }

    @Test
    void noDelayedMessageIsLostThoughPowerIs() throws IOException {
        whateverPowerIsLostAtNoneIsLost(this::declareDelaying, found -> found.ready("dead"));
    }
}
