package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of {@link Queue}, row by row. */
final class TransitionsTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    TransitionsTest() throws IOException {}

    private List<String> afterPowerLoss() throws IOException {
        world.quiet();
        World found = World.open(world.disk.afterPowerLoss(new Random(7)), world.lane.nowMillis());
        return new Guest(found).drain(found, "q");
    }

    private Inbox delivered(String... bodies) {
        guest.declare("q");
        guest.publish("q", bodies);
        Inbox inbox = guest.consume("q", bodies.length);
        world.settle();
        return inbox;
    }

    @Test
    void readyWhenItIsPublished() throws IOException {
        guest.declare("q");
        guest.publish("q", "a");
        assertThat(guest.ready("q")).isEqualTo(1);
        assertThat(afterPowerLoss()).containsExactly("a");
    }

    @Test
    void deliveredToAConsumerWithCreditOnceItIsDurable() {
        guest.declare("q");
        Inbox inbox = guest.consume("q", 1);
        world.settle();
        guest.publish("q", "a", "b");
        world.lane.turnAll();
        assertThat(inbox.texts()).isEmpty();
        world.settle();
        assertThat(inbox.texts()).containsExactly("a");
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void aTransientMessageIsDeliveredAtOnceButOvertakesNothing() {
        guest.declare("q");
        Inbox inbox = guest.consume("q", 9);
        world.settle();
        guest.publishTransient("q", "a");
        world.lane.turnAll();
        assertThat(inbox.take()).containsExactly("a");
        guest.publish("q", "b");
        guest.publishTransient("q", "c");
        world.lane.turnAll();
        assertThat(inbox.take()).isEmpty();
        world.settle();
        assertThat(inbox.take()).containsExactly("b", "c");
    }

    @Test
    void settledByBeingDelivered() throws IOException {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("a");
        assertThat(afterPowerLoss()).isEmpty();
    }

    @Test
    void settledWhenAccepted() throws IOException {
        Inbox inbox = delivered("a", "b");
        guest.link.settle(inbox.held(1), Settlement.ACCEPT);
        assertThat(afterPowerLoss()).containsExactly("a");
    }

    @Test
    void settledWhenRejected() throws IOException {
        Inbox inbox = delivered("a", "b");
        guest.link.settle(inbox.held(0), Settlement.REJECT);
        assertThat(afterPowerLoss()).containsExactly("b");
    }

    @Test
    void readyInItsOldPlaceWhenGivenBack() {
        Inbox inbox = delivered("a", "b", "c");
        inbox.cancel();
        for (int n : new int[] {2, 0, 1}) {
            guest.link.settle(inbox.held(n), Settlement.REQUEUE);
        }
        guest.publish("q", "d");
        world.settle();
        Inbox again = guest.consume("q", 9);
        world.settle();
        assertThat(again.texts()).containsExactly("a", "b", "c", "d");
        assertThat(again.received.stream().map(Inbox.Received::redelivered)).containsExactly(true, true, true, false);
    }

    @Test
    void readyAgainAfterARestartAndMarked() throws IOException {
        delivered("a", "b");
        world.quiet();
        World found = World.open(world.disk.afterPowerLoss(new Random(7)), world.lane.nowMillis());
        Inbox again = new Guest(found).consume("q", 9);
        found.settle();
        assertThat(again.texts()).containsExactly("a", "b");
        assertThat(again.received).allMatch(Inbox.Received::redelivered);
    }

    @Test
    void aSecondAnswerToOneDeliveryIsAFault() {
        Inbox inbox = delivered("a");
        guest.link.settle(inbox.held(0), Settlement.ACCEPT);
        assertThatThrownBy(() -> guest.link.settle(inbox.held(0), Settlement.ACCEPT))
                .isInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("settled twice");
    }

    @Test
    void anAnswerToADeletedQueueIsFine() {
        Inbox inbox = delivered("a", "b", "c");
        guest.link.deleteQueue("q", Set.of());
        assertThat(inbox.cancelled).isTrue();
        guest.link.settle(inbox.held(0), Settlement.ACCEPT);
        guest.link.settle(inbox.held(1), Settlement.REJECT);
        guest.link.settle(inbox.held(2), Settlement.REQUEUE);
        world.quiet();
        assertThat(world.hasFailed()).isFalse();
    }
}
