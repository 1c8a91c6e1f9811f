package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.message.ShortText;
import io.ferrymq.broker.queue.LooseQueue;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A delayed message was confirmed when it came, so a queue that is full when it is due gets it later. */
final class FullQueuesTest {
    private World world = World.fresh();
    private Guest guest = new Guest(world);

    FullQueuesTest() throws IOException {}

    private void declareFull(String queue, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of("x-max-length", 1L, "x-overflow", "reject-publish"));
        arguments.addAll(List.of(more));
        guest.declare(queue, arguments.toArray());
        guest.link.bindQueue(queue, "amq.fanout", "", Map.of());
        guest.publish(queue, "filler");
        world.settle();
    }

    private void publishDelayed(String body) {
        Publication message = Guest.message("message_id=" + body, body);
        message.address(ShortText.of("amq.fanout"), ShortText.EMPTY, List.of());
        message.delays(1_000, 0);
        guest.link.publish(message);
        world.settle();
    }

    private void losePower() throws IOException {
        world.quiet();
        world = World.open(world.disk.afterPowerLoss(new Random(3)), world.lane.nowMillis());
        guest = new Guest(world);
    }

    private void empty(String queue) {
        guest.link.settle(guest.fetch(queue).held(0), Settlement.ACCEPT);
        world.quiet();
    }

    @Test
    void aFullQueueGetsItOnceWhenItHasRoom() throws IOException {
        declareFull("full");
        publishDelayed("a");
        world.pass(5_000);
        losePower();
        world.pass(60_000);
        assertThat(guest.ready("full")).isEqualTo(1);
        empty("full");
        world.pass(60_000);
        assertThat(guest.drain(world, "full")).containsExactly("a");
        losePower();
        world.pass(120_000);
        assertThat(guest.ready("full")).isZero();
    }

    @Test
    void aQueueWithRoomGetsItInTimeAndOnce() throws IOException {
        declareFull("full");
        guest.declare("open");
        guest.link.bindQueue("open", "amq.fanout", "", Map.of());
        publishDelayed("a");
        world.pass(1_000);
        assertThat(guest.drain(world, "open")).containsExactly("a");
        losePower();
        empty("full");
        world.pass(60_000);
        assertThat(guest.drain(world, "full")).containsExactly("a");
        assertThat(guest.ready("open")).isZero();
    }

    @Test
    void manyForOneQueueComeOneByOne() {
        declareFull("full");
        for (int i = 0; i < 5; i++) {
            publishDelayed("m" + i);
        }
        Inbox inbox = guest.consumeSettled("full", 0);
        world.pass(10_000);
        for (int i = 0; i < 6; i++) {
            inbox.grant(1);
            world.pass(61_000);
        }
        assertThat(inbox.texts()).hasSize(6).contains("m0", "m1", "m2", "m3", "m4");
    }

    @Test
    void manyForOneQueueAreLeftAloneWhileItIsFull() throws IOException {
        declareFull("full");
        for (int i = 0; i < 200; i++) {
            publishDelayed("m" + i);
        }
        world.pass(2_000);
        world.quiet();
        long before = world.log.appendedSequence();
        world.pass(600_000);
        assertThat(world.log.appendedSequence()).as("nothing is written").isEqualTo(before);
        losePower();
        world.pass(1_000);
        assertThat(delayed()).isEqualTo(200);
        guest.link.purgeQueue("full");
        guest.publish("full", "filler");
        world.pass(60_000);
        assertThat(delayed()).as("those of the queue were purged").isZero();
    }

    @Test
    void manyForOneQueueComeInTheirOrderThoughPowerIsLost() throws IOException {
        declareFull("full");
        for (int i = 0; i < 20; i++) {
            publishDelayed("m" + i);
        }
        world.pass(2_000);
        List<String> got = new ArrayList<>();
        for (int i = 0; i < 21; i++) {
            Inbox inbox = guest.fetch("full");
            got.addAll(inbox.texts());
            guest.link.settle(inbox.held(0), Settlement.ACCEPT);
            world.pass(61_000);
            if (i % 4 == 0) {
                losePower();
                world.pass(1);
            }
            if (i == 10) {
                world.quiet();
                world = world.restart();
                guest = new Guest(world);
                world.settle();
            }
        }
        List<String> expected = new ArrayList<>(List.of("filler"));
        for (int i = 0; i < 20; i++) {
            expected.add("m" + i);
        }
        assertThat(got).isEqualTo(expected);
        assertThat(delayed()).isZero();
    }

    private long delayed() {
        return world.broker.administration().delayedMessages("/").count();
    }

    @Test
    void aQueueThatWantsSoHasItDeadLettered() {
        guest.declare("dead");
        guest.declare(
                "dlx",
                "x-max-length",
                0L,
                "x-overflow",
                "reject-publish-dlx",
                "x-dead-letter-exchange",
                "",
                "x-dead-letter-routing-key",
                "dead");
        guest.link.bindQueue("dlx", "amq.fanout", "", Map.of());
        publishDelayed("a");
        world.pass(1_000);
        assertThat(guest.drain(world, "dead")).containsExactly("a");
    }

    @Test
    void whatItWaitsForGrowsToAMinuteAndBeginsAnew() {
        long[] now = {0};
        FullQueues queues = new FullQueues(() -> now[0]);
        Queue queue = new LooseQueue().queue;
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            long at = queues.tryAgainMillis(queue);
            assertThat(queues.tryAgainMillis(queue)).as("another one").isEqualTo(at);
            waits.add(at - now[0]);
            now[0] = at;
        }
        assertThat(waits)
                .containsExactly(
                        100L, 200L, 400L, 800L, 1_600L, 3_200L, 6_400L, 12_800L, 25_600L, 51_200L, 60_000L, 60_000L);
        queues.tookOne(queue);
        assertThat(queues.tryAgainMillis(queue) - now[0]).isEqualTo(100);
    }
}
