package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StopTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    StopTest() throws IOException {}

    @Test
    void keepsWhatIsDurableAndWhatIsSettled() throws IOException {
        guest.declare("q");
        guest.publish("q", "a", "b", "c");
        world.settle();
        guest.link.settle(guest.fetch("q").held(0), Settlement.ACCEPT);
        guest.link.close();
        World again = world.restart();
        assertThat(new Guest(again).drain(again, "q")).containsExactly("b", "c");
    }

    @Test
    void endsWhileACheckpointIsBeingWritten() throws IOException {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        guest.link.close();
        world.lane.pass(World.SMALL_LOG.checkpointMillis());
        world.lane.turnAll();
        assertThat(world.log.checkpointing()).isTrue();
        World again = world.restart();
        assertThat(new Guest(again).drain(again, "q")).containsExactly("a");
    }

    @Test
    void endsWithMessagesThatAreNotDurableYet() throws IOException {
        guest.declare("q", "x-max-length", 0, "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("dead");
        world.settle();
        guest.publish("q", "a");
        world.lane.turnAll();
        guest.link.close();
        World again = world.restart();
        Guest later = new Guest(again);
        again.settle();
        assertThat(later.drain(again, "dead")).containsExactly("a");
    }

    @Test
    void whatWasToHappenLaterHappensInTheNextRunAndNotInAClosedLog() throws IOException {
        guest.declare("q", "x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead");
        guest.declare("dead");
        guest.send("q", "expires", true, 0, 1_000);
        guest.declare("rests", "x-queue-type", "quorum", "x-delayed-retry-type", "all", "x-delayed-retry-min", 1_000);
        guest.publish("rests", "rests");
        world.settle();
        guest.link.settle(guest.fetch("rests").held(0), Settlement.REQUEUE);
        guest.link.close();
        world.stop();
        world.pass(2_000);
        world.pass(60_000);
        assertThat(world.lane.breaks).isEmpty();
        assertThat(world.failures).isEmpty();
        World again = World.open(world.disk, world.lane.nowMillis());
        again.settle();
        assertThat(new Guest(again).drain(again, "dead")).containsExactly("expires");
    }

    @Test
    void aSecondRunFindsNothingToReplay() throws IOException {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        guest.link.close();
        World again = world.restart();
        assertThat(again.log.statistics().recordsReplayed()).isZero();
        assertThat(World.open(again.disk.afterPowerLoss(new Random(1)), 0)
                        .log
                        .statistics()
                        .recordsReplayed())
                .isZero();
    }
}
