package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who of several consumers gets it. */
final class SharingTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    SharingTest() throws IOException {}

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            guest.publishTransient("q", "" + i);
        }
        world.settle();
    }

    @Test
    void consumersTakeTurns() {
        guest.declareTransient("q");
        Inbox a = guest.consume("q", 99);
        Inbox b = guest.consume("q", 99);
        Inbox c = guest.consume("q", 99);
        publish(6);
        assertThat(a.texts()).containsExactly("0", "3");
        assertThat(b.texts()).containsExactly("1", "4");
        assertThat(c.texts()).containsExactly("2", "5");
    }

    @Test
    void aFullConsumerIsPassedOverUntilItResumesAndAskedNoMore() {
        guest.declareTransient("q");
        Inbox full = guest.consume("q", 1);
        Inbox open = guest.consume("q", 99);
        publish(10);
        assertThat(full.texts()).containsExactly("0");
        assertThat(open.received).hasSize(9);
        assertThat(full.creditAsked).isLessThan(5);
        full.grant(5);
        publish(2);
        assertThat(full.received).hasSize(2);
    }

    @Test
    void nothingWaitsWhenCreditComesBack() {
        guest.declareTransient("q");
        Inbox inbox = guest.consume("q", 0);
        publish(3);
        assertThat(inbox.received).isEmpty();
        inbox.grant(2);
        world.settle();
        assertThat(inbox.texts()).containsExactly("0", "1");
    }

    @Test
    void theHigherPriorityIsServedFirstWhileItHasRoom() {
        guest.declareTransient("q");
        Inbox low = guest.consume("q", 99);
        Inbox high = guest.consume("q", 2, "x-priority", 10);
        publish(4);
        assertThat(high.texts()).containsExactly("0", "1");
        assertThat(low.texts()).containsExactly("2", "3");
    }

    @Test
    void oneActiveConsumerAtATimeInTheOrderTheyCame() {
        guest.declareTransient("q", "x-single-active-consumer", true);
        Inbox first = guest.consume("q", 2);
        Inbox second = guest.consume("q", 99);
        Inbox third = guest.consume("q", 99);
        publish(4);
        assertThat(first.texts()).containsExactly("0", "1");
        assertThat(second.received).isEmpty();
        first.cancel();
        world.settle();
        assertThat(second.texts()).containsExactly("2", "3");
        second.cancel();
        publish(1);
        assertThat(third.received).hasSize(1);
    }

    @Test
    void anotherActiveConsumerIsTheOneOfTheHighestPriority() {
        guest.declareTransient("q", "x-single-active-consumer", true);
        Inbox first = guest.consume("q", 99);
        Inbox low = guest.consume("q", 99, "x-priority", 1);
        Inbox high = guest.consume("q", 99, "x-priority", 5);
        first.cancel();
        publish(1);
        assertThat(low.received).isEmpty();
        assertThat(high.received).hasSize(1);
    }

    @Test
    void anExclusiveConsumerIsAlone() {
        guest.declare("q");
        SubscriptionRequest exclusive =
                new SubscriptionRequest("q", "tag", Settling.BY_CONSUMER, Sharing.EXCLUSIVE, Map.of());
        Inbox alone = guest.subscribe(exclusive, 1);
        assertThatThrownBy(() -> guest.consume("q", 1))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.refusal()).isInstanceOf(Refusal.InExclusiveUse.class));
        alone.cancel();
        guest.consume("q", 1);
        assertThatThrownBy(() -> guest.subscribe(exclusive, 1)).isInstanceOf(RefusedException.class);
    }

    @Test
    void whatACancelledConsumerHoldsStaysItsOwn() {
        guest.declareTransient("q");
        Inbox gone = guest.consume("q", 1);
        publish(1);
        gone.cancel();
        Inbox next = guest.consume("q", 1);
        world.settle();
        assertThat(next.received).isEmpty();
        guest.link.settle(gone.held(0), Settlement.REQUEUE);
        world.settle();
        assertThat(next.texts()).containsExactly("0");
        assertThat(next.last().redelivered()).isTrue();
    }
}
