package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.log.HeapWalk;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How queues end, and what becomes of what they held. */
final class EndTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    EndTest() throws IOException {}

    private boolean isThere(String queue) {
        try {
            guest.ready(queue);
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }

    @Test
    void deletionTellsConsumersAndCountsWhatWasReady() {
        guest.declare("q");
        Inbox inbox = guest.consume("q", 1);
        guest.publish("q", "a", "b", "c");
        world.settle();
        assertThat(guest.link.deleteQueue("q", Set.of())).isEqualTo(2);
        assertThat(inbox.cancelled).isTrue();
        assertThat(isThere("q")).isFalse();
        assertThat(guest.link.deleteQueue("q", Set.of())).isZero();
    }

    @Test
    void nothingStaysInMemoryOfAQueueThatIsDeletedWithDeliveriesAndConsumers() {
        guest.declare("q", "x-expires", 1_000_000_000, "x-message-ttl", 1_000_000);
        Inbox inbox = guest.consume("q", 1);
        guest.publish("q", "a", "b");
        guest.publishTransient("q", "c");
        world.settle();
        Inbox fetched = guest.fetch("q");
        assertThat(fetched.texts()).containsExactly("b");
        guest.publish("q", "d");
        guest.link.deleteQueue("q", Set.of());
        guest.declare("other");
        guest.publish("other", "what is routed last");
        world.quiet();
        assertThat(HeapWalk.count(List.of(world.broker, inbox, fetched), Queue.class))
                .isEqualTo(1);
        guest.link.settle(fetched.held(0), Settlement.REQUEUE);
        inbox.settle(guest, 0, Settlement.ACCEPT);
        inbox.cancel();
        world.quiet();
        assertThat(world.hasFailed()).isFalse();
    }

    @Test
    void aConditionThatDoesNotHoldPreventsIt() {
        guest.declare("q");
        Inbox inbox = guest.consume("q", 0);
        assertThatThrownBy(() -> guest.link.deleteQueue("q", Set.of(DeleteCondition.IF_UNUSED)))
                .isInstanceOf(RefusedException.class);
        inbox.cancel();
        guest.publish("q", "a");
        assertThatThrownBy(() -> guest.link.deleteQueue("q", Set.of(DeleteCondition.IF_EMPTY)))
                .isInstanceOf(RefusedException.class);
        guest.link.purgeQueue("q");
        guest.link.deleteQueue("q", Set.of(DeleteCondition.IF_EMPTY, DeleteCondition.IF_UNUSED));
        assertThat(isThere("q")).isFalse();
    }

    @Test
    void aNewQueueOfTheSameNameKnowsNothingOfTheOld() throws IOException {
        guest.declare("q");
        guest.publish("q", "old");
        world.settle();
        Inbox old = guest.fetch("q");
        guest.link.deleteQueue("q", Set.of());
        guest.declare("q");
        guest.publish("q", "new");
        guest.link.settle(old.held(0), Settlement.REQUEUE);
        world.settle();
        guest.link.close();
        World again = world.restart();
        assertThat(new Guest(again).drain(again, "q")).containsExactly("new");
    }

    @Test
    void goesWithItsLastConsumerIfItWasDeclaredSo() {
        guest.link.declareQueue(new QueueSpec("q", false, false, true, QueueArguments.NONE));
        world.settle();
        assertThat(isThere("q")).isTrue();
        Inbox a = guest.consume("q", 1);
        Inbox b = guest.consume("q", 1);
        a.cancel();
        assertThat(isThere("q")).isTrue();
        b.cancel();
        assertThat(isThere("q")).isFalse();
    }

    @Test
    void goesWhenNobodyUsesItForLongEnough() {
        guest.declare("q", "x-expires", 1_000);
        guest.publish("q", "a");
        world.pass(900);
        guest.link.declareQueue(new QueueSpec("q", true, false, false, QueueArguments.of(Map.of("x-expires", 1_000))));
        world.pass(900);
        guest.fetch("q");
        world.pass(900);
        Inbox inbox = guest.consume("q", 1);
        world.pass(10_000);
        inbox.cancel();
        world.pass(999);
        world.pass(1);
        assertThat(isThere("q")).isFalse();
    }

    @Test
    void unusedTimeBeginsAnewWithARestart() throws IOException {
        guest.declare("q", "x-expires", 1_000);
        world.settle();
        guest.link.close();
        World again = world.restart();
        again.pass(999);
        assertThat(new Guest(again).ready("q")).isZero();
        again.pass(1_000);
        assertThatThrownBy(() -> new Guest(again).ready("q")).isInstanceOf(RefusedException.class);
    }
}
