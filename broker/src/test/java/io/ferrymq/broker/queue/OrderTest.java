package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class OrderTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    OrderTest() throws IOException {}

    @Test
    void theHighestPriorityGoesFirstAndKeepsTheOrderOfArrival() {
        guest.declare("q", "x-max-priority", 5);
        for (String body : new String[] {"1a", "5a", "3a", "5b", "9 is taken for 5", "1b"}) {
            guest.send("q", body, true, body.charAt(0) - '0', -1);
        }
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("5a", "5b", "9 is taken for 5", "3a", "1a", "1b");
    }

    @Test
    void withoutPrioritiesTheyMeanNothing() {
        guest.declare("q");
        guest.send("q", "a", true, 1, -1);
        guest.send("q", "b", true, 9, -1);
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("a", "b");
    }

    @Test
    void prioritiesOutliveARestart() throws IOException {
        guest.declare("q", "x-max-priority", 5);
        guest.send("q", "low", true, 1, -1);
        guest.send("q", "high", true, 5, -1);
        world.settle();
        guest.link.close();
        World again = world.restart();
        assertThat(new Guest(again).drain(again, "q")).containsExactly("high", "low");
    }

    @Test
    void whatIsGivenBackGoesBeforeWhatWasNeverDelivered() {
        guest.declare("q");
        guest.publish("q", "a", "b", "c");
        world.settle();
        Inbox first = guest.fetch("q");
        Inbox second = guest.fetch("q");
        guest.link.settle(second.held(0), Settlement.REQUEUE);
        guest.link.settle(first.held(0), Settlement.REQUEUE);
        assertThat(guest.drain(world, "q")).containsExactly("a", "b", "c");
    }

    @Test
    void aLongBacklogIsDeliveredInOneTurnAfterAnother() {
        guest.declareTransient("q");
        for (int i = 0; i < 20_000; i++) {
            guest.publishTransient("q", "" + i);
        }
        world.settle();
        Inbox inbox = guest.consumeSettled("q", Integer.MAX_VALUE);
        world.lane.turn();
        assertThat(inbox.received).hasSizeLessThan(20_000);
        world.settle();
        assertThat(inbox.received).hasSize(20_000);
        assertThat(inbox.texts().getLast()).isEqualTo("19999");
    }
}
