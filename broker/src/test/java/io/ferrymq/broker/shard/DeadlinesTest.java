package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.queue.LooseQueue;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueContext;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import org.junit.jupiter.api.Test;

final class DeadlinesTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    DeadlinesTest() throws IOException {}

    @Test
    void wakesQueuesInTheOrderOfTheirTimes() {
        guest.declareTransient("slow", "x-message-ttl", 1_000);
        guest.declareTransient("fast", "x-message-ttl", 100);
        guest.publishTransient("slow", "a");
        guest.publishTransient("fast", "b");
        world.settle();
        world.pass(99);
        assertThat(guest.ready("fast")).isEqualTo(1);
        world.pass(1);
        assertThat(guest.ready("fast")).isZero();
        assertThat(guest.ready("slow")).isEqualTo(1);
        world.pass(900);
        assertThat(guest.ready("slow")).isZero();
    }

    @Test
    void asksForNoMoreTimersThanThereAreTimesToWaitFor() {
        guest.declareTransient("day", "x-message-ttl", 86_400_000);
        guest.declareTransient("soon", "x-message-ttl", 5);
        guest.publishTransient("day", "a");
        world.settle();
        int before = world.lane.timersWaiting();
        for (int i = 0; i < 1_000; i++) {
            guest.publishTransient("soon", "b" + i);
            world.settle();
            world.pass(5);
            assertThat(guest.ready("soon")).isZero();
        }
        assertThat(world.lane.timersWaiting()).isLessThanOrEqualTo(before + 1);
        assertThat(guest.ready("day")).isEqualTo(1);
    }

    @Test
    void wakesManyQueuesThatAreDueTogether() {
        for (int i = 0; i < 1_000; i++) {
            guest.declareTransient("q" + i, "x-message-ttl", 50);
            guest.publishTransient("q" + i, "a");
        }
        world.settle();
        for (int i = 0; i < 60; i++) {
            world.pass(1);
        }
        for (int i = 0; i < 1_000; i++) {
            assertThat(guest.ready("q" + i)).isZero();
        }
    }

    @Test
    void anExpiredMessageThatIsNotDurableYetWaits() {
        guest.declare("q", "x-message-ttl", 1);
        world.settle();
        guest.publish("q", "a");
        world.lane.turnAll();
        for (int i = 0; i < 10; i++) {
            world.lane.pass(1);
            world.lane.turnAll();
        }
        assertThat(guest.ready("q")).isEqualTo(1);
        world.settle();
        world.pass(1);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void noticesWithinAMinuteThatTheClockWasSetForward() {
        Deadlines deadlines = new Deadlines(world.lane, world.lane::nowMillis, new TurnBudget(0), () -> {});
        long begin = world.lane.nowMillis();
        world.settle();
        int before = world.lane.timersWaiting();
        deadlines.move(new LooseQueue().queue, QueueContext.NO_TIME, Long.MAX_VALUE - 1);
        for (int minute = 1; minute <= 5; minute++) {
            assertThat(world.lane.timersWaiting()).isEqualTo(before + 1);
            world.pass(begin + minute * 60_000L - world.lane.nowMillis());
        }
        assertThat(deadlines.count()).isEqualTo(1);
    }

    @Test
    void remembersOneTimeForEachQueue() {
        Deadlines deadlines = new Deadlines(world.lane, world.lane::nowMillis, new TurnBudget(0), () -> {});
        Queue queue = new LooseQueue().queue;
        long begin = world.lane.nowMillis();
        deadlines.move(queue, QueueContext.NO_TIME, begin + 100);
        deadlines.move(queue, begin + 100, begin + 50);
        deadlines.move(queue, begin + 50, begin + 70);
        assertThat(deadlines.count()).isEqualTo(1);
        deadlines.move(queue, begin + 70, QueueContext.NO_TIME);
        assertThat(deadlines.count()).isZero();
    }
}
