package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Queues that refuse what is too much. */
final class RefusalTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    RefusalTest() throws IOException {}

    private Publication.Outcome send(String body) {
        return guest.send("q", body, true, 0, -1).outcome();
    }

    @Test
    void refusesAtItsBoundAndTakesAgainBelowIt() {
        guest.declare("q", "x-max-length", 2, "x-overflow", "reject-publish");
        assertThat(send("a")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("b")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("c")).isEqualTo(Publication.Outcome.REJECTED);
        world.settle();
        guest.link.settle(guest.fetch("q").held(0), Settlement.ACCEPT);
        assertThat(send("d")).isEqualTo(Publication.Outcome.ACCEPTED);
        world.settle();
        assertThat(guest.drain(world, "q")).containsExactly("b", "d");
    }

    @Test
    void refusesByBytes() {
        guest.declare("q", "x-max-length-bytes", 5, "x-overflow", "reject-publish");
        assertThat(send("aaa")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("bbb")).isEqualTo(Publication.Outcome.REJECTED);
        assertThat(send("cc")).isEqualTo(Publication.Outcome.ACCEPTED);
    }

    @Test
    void whatConsumersHoldDoesNotCount() {
        guest.declare("q", "x-max-length", 1, "x-overflow", "reject-publish");
        send("a");
        world.settle();
        Inbox inbox = guest.fetch("q");
        assertThat(send("b")).isEqualTo(Publication.Outcome.ACCEPTED);
        guest.link.settle(inbox.held(0), Settlement.REQUEUE);
        assertThat(guest.ready("q")).isEqualTo(2);
        assertThat(send("c")).isEqualTo(Publication.Outcome.REJECTED);
    }

    @Test
    void aPublishThatNobodyTakesWaitsForNoDisk() {
        guest.declare("q", "x-max-length", 0, "x-overflow", "reject-publish");
        assertThat(guest.send("q", "a", true, 0, -1).durableAt()).isZero();
        assertThat(guest.send("none", "a", true, 0, -1).outcome()).isEqualTo(Publication.Outcome.UNROUTED);
    }

    @Test
    void whatConsumersAreAboutToGetDoesNotCount() {
        guest.declare("q", "x-max-length", 1, "x-overflow", "reject-publish");
        Inbox inbox = guest.consume("q", 2);
        world.settle();
        assertThat(send("a")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("b")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("c")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("d")).isEqualTo(Publication.Outcome.REJECTED);
        world.settle();
        assertThat(inbox.texts()).containsExactly("a", "b");
        assertThat(send("e")).isEqualTo(Publication.Outcome.REJECTED);
        inbox.grant(1);
        assertThat(send("f")).isEqualTo(Publication.Outcome.ACCEPTED);
    }

    @Test
    void onlyTheActiveConsumerCounts() {
        guest.declare("q", "x-max-length", 1, "x-overflow", "reject-publish", "x-single-active-consumer", true);
        guest.consume("q", 0);
        guest.consume("q", 99);
        world.settle();
        assertThat(send("a")).isEqualTo(Publication.Outcome.ACCEPTED);
        assertThat(send("b")).isEqualTo(Publication.Outcome.REJECTED);
    }
}
