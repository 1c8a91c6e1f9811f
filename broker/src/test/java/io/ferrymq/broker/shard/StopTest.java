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
