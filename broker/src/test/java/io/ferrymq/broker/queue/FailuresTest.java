package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Queues of type quorum count failed deliveries. */
final class FailuresTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    FailuresTest() throws IOException {}

    private static final Object[] QUORUM = {"x-queue-type", "quorum", "x-delivery-limit", 2};

    private int failAndLook(Inbox inbox) {
        guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        world.settle();
        return guest.fetch("q").last().failedDeliveries();
    }

    @Test
    void showsHowOftenADeliveryFailed() {
        guest.declare("q", QUORUM);
        guest.publish("q", "a");
        world.settle();
        Inbox first = guest.fetch("q");
        assertThat(first.last().failedDeliveries()).isZero();
        assertThat(failAndLook(first)).isEqualTo(1);
    }

    @Test
    void showsNothingWhereNothingIsCounted() {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        assertThat(failAndLook(guest.fetch("q"))).isEqualTo(-1);
    }

    @Test
    void givesUpAfterItsLimit() {
        guest.declare("q", QUORUM);
        guest.publish("q", "a", "b");
        world.settle();
        for (int i = 0; i < 3; i++) {
            Inbox inbox = guest.fetch("q");
            assertThat(inbox.texts()).containsExactly("a");
            guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        }
        assertThat(guest.fetch("q").texts()).containsExactly("b");
    }

    @Test
    void remembersFailuresOverPowerLossSoonAfterwards() throws IOException {
        guest.declare("q", QUORUM);
        guest.publish("q", "a");
        world.quiet();
        guest.link.settle(guest.fetch("q").held(0), Settlement.REQUEUE);
        world.pass(50);
        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        found.settle();
        assertThat(new Guest(found).fetch("q").last().failedDeliveries()).isEqualTo(1);
    }

    @Test
    void remembersFailuresInACheckpoint() throws IOException {
        guest.declare("q", QUORUM);
        guest.publish("q", "a");
        world.settle();
        guest.link.settle(guest.fetch("q").held(0), Settlement.REQUEUE);
        guest.link.close();
        World again = world.restart();
        assertThat(again.log.statistics().recordsReplayed()).isZero();
        again.settle();
        assertThat(new Guest(again).fetch("q").last().failedDeliveries()).isEqualTo(1);
    }
}
