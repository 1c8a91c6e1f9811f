package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExpiryTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    ExpiryTest() throws IOException {}

    private void send(String body, long expirationMillis) {
        guest.send("q", body, true, 0, expirationMillis);
    }

    @Test
    void aMessageExpiresWhenItsOwnTimeIsOver() {
        guest.declare("q");
        send("a", 100);
        world.pass(99);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(1);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void theStricterOfMessageAndQueueCounts() {
        guest.declare("q", "x-message-ttl", 50);
        send("a", 20);
        send("b", 100);
        world.pass(20);
        assertThat(guest.ready("q")).isEqualTo(1);
        world.pass(30);
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void aMessageExpiresOnlyAtTheHead() {
        guest.declare("q");
        send("a", 200);
        send("b", 50);
        world.pass(100);
        assertThat(guest.ready("q")).isEqualTo(2);
        Inbox inbox = guest.consume("q", 9);
        world.settle();
        assertThat(inbox.texts()).containsExactly("a");
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void everyPriorityHasAHead() {
        guest.declare("q", "x-max-priority", 3);
        guest.send("q", "high", true, 3, 1_000);
        guest.send("q", "low", true, 1, 10);
        world.pass(10);
        assertThat(guest.ready("q")).isEqualTo(1);
    }

    @Test
    void withNoTimeAtAllAConsumerGetsItOrNobody() {
        guest.declare("q", "x-message-ttl", 0);
        guest.publish("q", "a");
        world.settle();
        assertThat(guest.ready("q")).isZero();
        Inbox inbox = guest.consume("q", 1);
        world.settle();
        guest.publish("q", "b", "c");
        world.settle();
        assertThat(inbox.texts()).containsExactly("b");
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void anExpiredMessageIsNotDelivered() {
        guest.declare("q");
        send("a", 10);
        world.settle();
        world.lane.pass(10);
        Inbox inbox = guest.consume("q", 1);
        assertThat(guest.fetch("q").texts()).isEmpty();
        world.settle();
        assertThat(inbox.texts()).isEmpty();
    }

    @Test
    void aMessageGivenBackTooLateExpires() {
        guest.declare("q");
        send("a", 50);
        world.settle();
        Inbox inbox = guest.fetch("q");
        world.pass(60);
        guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        world.settle();
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void timeGoesOnOverARestart() throws IOException {
        guest.declare("q", "x-message-ttl", 100);
        guest.publish("q", "a");
        world.pass(50);
        guest.publish("q", "b");
        world.settle();
        World found = World.open(world.disk.afterPowerLoss(new Random(1)), world.lane.nowMillis() + 50);
        found.settle();
        Guest later = new Guest(found);
        assertThat(later.ready("q")).isEqualTo(1);
        found.pass(50);
        assertThat(later.ready("q")).isZero();
    }

    @Test
    void withNoTimeAtAllAMessageBehindAnotherIsNotKeptForLater() {
        guest.declare("q");
        send("waits", -1);
        send("at once", 0);
        world.settle();
        Inbox inbox = guest.consume("q", 9);
        world.settle();
        assertThat(inbox.texts()).containsExactly("waits");
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void withNoTimeAtAllAMessageWaitsForTheDiskAndForAConsumerThatHasRoomForIt() {
        guest.declare("q", "x-expires", 1);
        Inbox inbox = guest.consume("q", 2);
        send("a", -1);
        send("at once", 0);
        send("too much", 0);
        world.lane.turnAll();
        world.lane.pass(10);
        world.lane.turnAll();
        assertThat(inbox.texts()).isEmpty();
        world.settle();
        assertThat(inbox.texts()).containsExactly("a", "at once");
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void withNoTimeAtAllAMessageGivenBackExpires() {
        guest.declare("q");
        Inbox inbox = guest.consume("q", 2);
        send("at once", 0);
        world.settle();
        inbox.settle(guest, 0, Settlement.REQUEUE);
        world.settle();
        assertThat(inbox.texts()).containsExactly("at once");
        assertThat(guest.ready("q")).isZero();
    }

    @Test
    void aConsumerComesBeforeWhoeverFetches() {
        guest.declareTransient("q");
        Inbox inbox = guest.consume("q", 1);
        guest.publishTransient("q", "a", "b");
        assertThat(guest.fetch("q").texts()).containsExactly("b");
        assertThat(inbox.texts()).containsExactly("a");
    }

    @Test
    void aLongRowExpiresInSeveralTurns() {
        guest.declareTransient("q", "x-message-ttl", 5);
        for (int i = 0; i < 2_000; i++) {
            guest.publishTransient("q", "m" + i);
        }
        world.settle();
        world.lane.pass(5);
        world.lane.turn();
        assertThat(guest.ready("q")).isBetween(1L, 1_999L);
        for (int i = 0; i < 10; i++) {
            world.pass(1);
        }
        assertThat(guest.ready("q")).isZero();
    }
}
