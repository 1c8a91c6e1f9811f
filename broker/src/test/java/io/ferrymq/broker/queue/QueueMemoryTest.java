package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.simulation.Inbox;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class QueueMemoryTest {
    private static final int PAGES_FEW = 5 * IndexPage.BYTES_MAX;

    private final LooseQueue loose = new LooseQueue();

    private Inbox consume(Settling settling, int credit) {
        Inbox inbox = new Inbox(credit);
        inbox.subscription =
                loose.queue.subscribe(new SubscriptionRequest("q", "tag", settling, Sharing.SHARED, Map.of()), inbox);
        return inbox;
    }

    private void accept(Inbox.Received received) {
        Unsettled open = Objects.requireNonNull(received.unsettled());
        loose.queue.settle(open.place(), open.mark(), Settlement.ACCEPT);
    }

    @Test
    void aMillionWaitingMessagesTakeAboutThreeBytesEach() {
        loose.publish(1_000_000, 2);
        assertThat(loose.queue.readyCount()).isEqualTo(1_000_000);
        assertThat(loose.queue.memoryBytes()).isLessThan(4_000_000);
    }

    @Test
    void aMillionMessagesThatCameAndWentTakeNothing() {
        loose.publish(1_000_000, 2);
        consume(Settling.ON_DELIVERY, Integer.MAX_VALUE);
        loose.turn();
        assertThat(loose.released).isEqualTo(1_000_000);
        assertThat(loose.queue.memoryBytes()).isLessThan(PAGES_FEW);
    }

    @Test
    void aMillionMessagesAtAConsumerTakeNoMoreThanWhileTheyWaited() {
        loose.publish(1_000_000, 2);
        long waitingBytes = loose.queue.memoryBytes();
        Tray tray = new Tray(1_000_000);
        loose.queue.subscribe(
                new SubscriptionRequest("q", "tag", Settling.BY_CONSUMER, Sharing.SHARED, Map.of()), tray);
        loose.turn();
        assertThat(loose.queue.unsettledCount()).isEqualTo(1_000_000);
        assertThat(loose.queue.memoryBytes()).isEqualTo(waitingBytes);
        tray.open = false;
        for (int i = 0; i < tray.count; i++) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.REQUEUE);
        }
        assertThat(loose.queue.readyCount()).isEqualTo(1_000_000);
        assertThat(loose.queue.memoryBytes() - waitingBytes).isLessThan(17_000_000);
    }

    @Test
    void aQueueInBalanceDoesNotGrowIfDeliveriesAreAnsweredLater() {
        Inbox inbox = consume(Settling.BY_CONSUMER, Integer.MAX_VALUE);
        for (int i = 0; i < 100_000; i++) {
            loose.publish(1, 2);
            loose.turn();
            accept(inbox.received.removeLast());
        }
        assertThat(loose.released).isEqualTo(100_000);
        assertThat(loose.queue.memoryBytes()).isLessThan(PAGES_FEW);
    }

    @Test
    void aQueueInBalanceDoesNotGrowIfSomeMessagesAlwaysWait() {
        Inbox inbox = consume(Settling.BY_CONSUMER, 50);
        for (int i = 0; i < 2_000; i++) {
            loose.publish(50, 2);
            loose.turn();
            while (!inbox.received.isEmpty()) {
                accept(inbox.received.removeFirst());
            }
            inbox.credit = 0;
            inbox.grant(50);
        }
        assertThat(loose.queue.memoryBytes()).isLessThan(PAGES_FEW);
    }

    @Test
    void oneMessageThatIsNeverAnsweredKeepsOnePage() {
        Inbox slow = consume(Settling.BY_CONSUMER, 1);
        loose.publish(1, 2);
        loose.turn();
        assertThat(slow.received).hasSize(1);
        consume(Settling.ON_DELIVERY, Integer.MAX_VALUE);
        for (int i = 0; i < 500; i++) {
            loose.publish(1_000, 2);
            loose.turn();
        }
        assertThat(loose.queue.unsettledCount()).isEqualTo(1);
        assertThat(loose.queue.memoryBytes()).isLessThan(PAGES_FEW);
    }
}
