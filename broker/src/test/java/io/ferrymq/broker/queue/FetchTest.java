package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.simulation.Guest;
import io.ferrymq.broker.simulation.Inbox;
import io.ferrymq.broker.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class FetchTest {
    private final World world = World.fresh();
    private final Guest guest = new Guest(world);

    FetchTest() throws IOException {}

    @Test
    void takesTheFirstReadyMessageAndTellsHowManyAreLeft() {
        guest.declare("q");
        guest.publish("q", "a", "b", "c");
        world.settle();

        Inbox first = guest.fetch("q");
        assertThat(first.texts()).containsExactly("a");
        assertThat(first.last().messagesLeft()).isEqualTo(2);
        assertThat(guest.fetch("q").texts()).containsExactly("b");
    }

    @Test
    void findsNothingThatIsNotDurableYet() {
        guest.declare("q");
        world.settle();
        guest.publish("q", "a");
        assertThat(guest.fetch("q").texts()).isEmpty();
        world.settle();
        assertThat(guest.fetch("q").texts()).containsExactly("a");
    }

    @Test
    void hasItsAnswerWaitForTheFirstMessageWhoeverPublishedIt() {
        guest.declare("q");
        world.settle();
        Guest other = new Guest(world);
        guest.publish("q", "a");
        assertThat(other.fetch("q").texts()).isEmpty();
        List<String> again = new ArrayList<>();
        other.link.afterDurable(() -> again.addAll(other.fetch("q").texts()));
        assertThat(again).as("not durable yet").isEmpty();
        world.settle();
        assertThat(again).containsExactly("a");
    }

    @Test
    void tellsHowLongTheQueueLetsADeliveryWait() {
        guest.declare("q", "x-consumer-timeout", 500);
        guest.declare("other");
        guest.publish("q", "a");
        guest.publish("other", "a");
        world.settle();
        assertThat(guest.fetch("q").held(0).source().timeoutMillis()).isEqualTo(500);
        assertThat(guest.fetch("other").held(0).source().timeoutMillis()).isEqualTo(DeliverySource.NO_TIMEOUT);
    }

    @Test
    void tellsHowLongAConsumerOrElseItsQueueLetsDeliveriesWait() {
        guest.declare("q", "x-consumer-timeout", 500);
        guest.declare("other");
        assertThat(timeoutMillis(guest.consume("q", 1))).isEqualTo(500);
        assertThat(timeoutMillis(guest.consume("q", 1, "x-consumer-timeout", 700L)))
                .isEqualTo(700);
        assertThat(timeoutMillis(guest.consume("other", 1))).isEqualTo(DeliverySource.NO_TIMEOUT);
    }

    private static long timeoutMillis(Inbox inbox) {
        return Objects.requireNonNull(inbox.subscription).timeoutMillis();
    }

    @Test
    void asksForNoCredit() {
        guest.declare("q");
        guest.publish("q", "a");
        world.settle();
        Inbox inbox = guest.fetch("q");
        assertThat(inbox.creditAsked).isZero();
    }

    @Test
    void leavesTheNextMessageToExpireInItsTime() {
        guest.declare("q");
        guest.publish("q", "stays");
        guest.send("q", "goes", true, 0, 100);
        world.settle();
        guest.fetch("q");
        world.pass(100);
        assertThat(guest.ready("q")).isZero();
    }
}
