package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PurgeTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    PurgeTest() throws IOException {}

    @Test
    void forgetsWhatIsReadyAndSaysHowMuch() {
        guest.declare("q");
        guest.publish("q", "a", "b", "c");
        world.settle();
        Inbox inbox = guest.consume("q", 1);
        world.settle();

        assertThat(guest.link.purgeQueue("q")).isEqualTo(2);
        assertThat(guest.ready("q")).isZero();
        assertThat(inbox.texts()).containsExactly("a");
    }

    @Test
    void isAnsweredWhenItIsDurable() throws IOException {
        guest.declare("q");
        guest.publish("q", "a", "b");
        world.quiet();
        List<String> answers = new ArrayList<>();
        guest.link.purgeQueue("q");
        guest.link.afterDurable(() -> answers.add("purged"));
        assertThat(answers).isEmpty();
        world.settle();
        assertThat(answers).containsExactly("purged");

        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis());
        assertThat(new Guest(found).ready("q")).isZero();
    }
}
