package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DropHeadTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    DropHeadTest() throws IOException {}

    @Test
    void keepsTheNewest() {
        guest.declare("q", "x-max-length", 2);
        guest.publish("q", "a", "b", "c", "d");
        world.settle();
        assertThat(guest.ready("q")).isEqualTo(2);
        assertThat(guest.drain(world, "q")).containsExactly("c", "d");
    }

    @Test
    void keepsItsBoundBeforeAnybodyLooksInTheSameTurn() {
        guest.declare("q", "x-max-length", 2);
        world.settle();
        guest.send("q", "a", false, 0, -1);
        guest.send("q", "b", false, 0, -1);
        guest.send("q", "c", false, 0, -1);
        assertThat(guest.ready("q")).isEqualTo(2);
        assertThat(guest.fetch("q").texts()).containsExactly("b");
    }

    @Test
    void keepsItsBoundInBytes() {
        guest.declare("q", "x-max-length-bytes", 5);
        guest.publish("q", "aaa", "bb", "ccc");
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("bb", "ccc");
    }

    @Test
    void keepsNothingIfItMayHoldNothing() {
        guest.declare("q", "x-max-length", 0);
        guest.publish("q", "a");
        world.settle();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void givesToAConsumerWhatItWouldDrop() {
        guest.declare("q", "x-max-length", 0);
        var inbox = guest.consume("q", 10);
        guest.publish("q", "a");
        world.settle();
        assertThat(inbox.texts()).containsExactly("a");
    }

    @Test
    void dropsTheHighestPriorityFirstSinceThatIsTheHead() {
        guest.declare("q", "x-max-length", 1, "x-max-priority", 5);
        guest.send("q", "low", true, 1, -1);
        guest.send("q", "high", true, 5, -1);
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("low");
    }

    @Test
    void keepsItsBoundOverMessagesThatBecomeDurableOneByOne() {
        guest.declare("q", "x-max-length", 1);
        world.settle();
        guest.publish("q", "a");
        world.lane.turnAll();
        guest.publish("q", "b", "c");
        world.settle();
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void dropsNothingThatAConsumerGetsInALaterTurn() {
        guest.declareTransient("q", "x-max-length", 10);
        var inbox = guest.consume("q", Integer.MAX_VALUE);
        for (int i = 0; i < 2_000; i++) {
            guest.publishTransient("q", "m" + i);
        }
        world.settle();
        assertThat(inbox.received).hasSize(2_000);
    }

    @Test
    void dropsWhatIsGivenBackBeyondTheBound() {
        guest.declareTransient("q", "x-max-length", 1);
        var inbox = guest.consume("q", 1);
        guest.publishTransient("q", "a", "b");
        world.settle();
        inbox.settle(guest, 0, Settlement.REQUEUE);
        world.settle();
        assertThat(inbox.texts()).containsExactly("a", "b");
        assertThat(guest.ready("q")).isZero();
    }
}
