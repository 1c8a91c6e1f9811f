package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.timer.DelayRecord;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.log.LogFailedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dead letters that have waited for their turn and come to exchanges that delay: the log tells of each wait once. */
final class DelayedDeadLettersTest {
    private static final int FULL_QUEUES = 80;
    private static final long DELAY_MILLIS = 60_000;

    private World world = World.fresh();
    private Guest guest = new Guest(world);

    DelayedDeadLettersTest() throws IOException {}

    private void declareDelaying(String exchange) {
        guest.link.declareExchange(new ExchangeSpec(
                exchange, ExchangeType.DELAYED, true, false, false, Map.of("x-delayed-type", "fanout")));
        guest.declare("of-" + exchange);
        guest.link.bindQueue("of-" + exchange, exchange, "", Map.of());
    }

    /** Queues that refuse everything and send it to one exchange. */
    private void declareFull(String deadLetterExchange) {
        for (int i = 0; i < FULL_QUEUES; i++) {
            guest.declare(
                    "full" + i,
                    "x-max-length",
                    0L,
                    "x-overflow",
                    "reject-publish-dlx",
                    "x-dead-letter-exchange",
                    deadLetterExchange);
            guest.link.bindQueue("full" + i, "amq.fanout", "", Map.of());
        }
        world.settle();
    }

    private void publish() {
        Publication message = Guest.message("x-delay=" + DELAY_MILLIS, "a");
        message.address(ShortText.of("amq.fanout"), ShortText.EMPTY, List.of());
        message.delays(0, DELAY_MILLIS);
        guest.link.publish(message);
        world.settle();
    }

    private void losePower() throws IOException {
        World after = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        world.abandon();
        world = after;
        guest = new Guest(after);
        world.settle();
        assertThat(world.lane.breaks).isEmpty();
    }

    /** Before anything is written but the log, and once more afterwards. */
    private void losePowerTwiceOnTheWay() throws IOException {
        publish();
        world.pass(25);
        losePower();
        world.pass(25);
        losePower();
    }

    @Test
    void whatComesToOneThatDelaysWaitsThereOnce() throws IOException {
        declareDelaying("later");
        declareFull("later");
        losePowerTwiceOnTheWay();
        assertThat(guest.ready("of-later")).isZero();
        world.pass(DELAY_MILLIS);
        assertThat(guest.ready("of-later")).isEqualTo(FULL_QUEUES);
    }

    @Test
    void whatComesToTwoThatDelayWaitsAtBoth() throws IOException {
        declareDelaying("later");
        declareDelaying("too");
        guest.link.declareExchange(ExchangeSpec.durable("both", ExchangeType.FANOUT));
        guest.link.bindExchange("later", "both", "", Map.of());
        guest.link.bindExchange("too", "both", "", Map.of());
        declareFull("both");
        losePowerTwiceOnTheWay();
        world.pass(DELAY_MILLIS);
        assertThat(guest.ready("of-later")).isEqualTo(FULL_QUEUES);
        assertThat(guest.ready("of-too")).isEqualTo(FULL_QUEUES);
    }

    @Test
    void whatComesToAQueueTooIsThereAtOnce() throws IOException {
        declareDelaying("later");
        guest.link.declareExchange(ExchangeSpec.durable("both", ExchangeType.FANOUT));
        guest.declare("now");
        guest.link.bindQueue("now", "both", "", Map.of());
        guest.link.bindExchange("later", "both", "", Map.of());
        declareFull("both");
        losePowerTwiceOnTheWay();
        assertThat(guest.ready("now")).isEqualTo(FULL_QUEUES);
        world.pass(DELAY_MILLIS);
        assertThat(guest.ready("now")).isEqualTo(FULL_QUEUES);
        assertThat(guest.ready("of-later")).isEqualTo(FULL_QUEUES);
    }

    private void passUntilPowerIsLost() {
        try {
            for (int i = 0; i < 4 && !world.hasFailed(); i++) {
                world.pass(25);
            }
        } catch (LogFailedException _) {
            assertThat(world.disk.faults().powerIsLost()).isTrue();
        }
    }

    @Test
    void whateverPowerIsLostAtNoneIsLost() throws IOException {
        boolean cut = true;
        for (int operation = 1; cut; operation++) {
            world = World.fresh();
            guest = new Guest(world);
            declareDelaying("later");
            declareFull("later");
            world.quiet();
            publish();
            world.disk.faults().losePowerAt(operation);
            passUntilPowerIsLost();
            cut = world.disk.faults().powerIsLost();
            losePower();
            world.pass(DELAY_MILLIS);
            assertThat(guest.ready("of-later"))
                    .as("lost at operation %d", operation)
                    .isGreaterThanOrEqualTo(FULL_QUEUES);
        }
    }

    /** As earlier versions wrote it. */
    @Test
    void aLogThatTellsTwiceThatAWaitIsOverIsOpened() throws IOException {
        declareDelaying("later");
        Publication message = Guest.message("x-delay=" + DELAY_MILLIS, "a");
        message.address(ShortText.of("later"), ShortText.EMPTY, List.of());
        message.delays(0, DELAY_MILLIS);
        guest.link.publish(message);
        Publication other = Guest.message("x-delay=" + DELAY_MILLIS, "b");
        other.address(ShortText.of("later"), ShortText.EMPTY, List.of());
        other.delays(0, DELAY_MILLIS);
        guest.link.publish(other);
        for (int i = 0; i < 2; i++) {
            ByteBuf end = Unpooled.buffer();
            Varint.write(end, message.durableAt());
            Varint.write(end, world.lane.nowMillis() + DELAY_MILLIS);
            world.log.append(RecordType.DELAY_END, end, Unpooled.EMPTY_BUFFER, 0);
        }
        ByteBuf parked = Unpooled.buffer();
        Varint.write(parked, message.durableAt());
        Varint.write(parked, DelayRecord.AT_ONCE);
        world.log.append(RecordType.DELAY_END, parked, Unpooled.EMPTY_BUFFER, 0);
        world.log.flush();
        world.settle();
        losePower();
        world.pass(DELAY_MILLIS);
        assertThat(guest.drain(world, "of-later")).containsExactly("b");
    }
}
