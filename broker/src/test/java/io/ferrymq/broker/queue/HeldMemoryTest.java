package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.log.HeapWalk;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a queue says that it holds is what is there: never less, and not many times as much. */
final class HeldMemoryTest {
    private static final int MESSAGES = 5_000;

    private LooseQueue loose = new LooseQueue();
    private final Tray tray = new Tray(MESSAGES);
    private long emptyBytes = reachableBytes();

    private void declare(String argument, Object value) {
        loose = new LooseQueue(QueueArguments.of(Map.of(argument, value)));
        emptyBytes = reachableBytes();
    }

    private long reachableBytes() {
        return HeapWalk.bytes(loose.queue, loose, tray);
    }

    private void takeAll() {
        SubscriptionRequest request =
                new SubscriptionRequest("q", "tag", Settling.BY_CONSUMER, Sharing.SHARED, Map.of());
        loose.queue.subscribe(request, tray);
        emptyBytes = reachableBytes();
        loose.publish(MESSAGES, 2);
        loose.turn();
        tray.open = false;
        assertThat(tray.count).isEqualTo(MESSAGES);
    }

    private void saysWhatItHolds() {
        assertThat(loose.queue.memoryBytes()).isEqualTo(loose.heldBytes);
        long bytes = reachableBytes() - emptyBytes;
        assertThat(loose.heldBytes).isBetween(bytes, 2 * bytes);
    }

    @Test
    void aQueueWithManyPrioritiesTakesNoMoreThanAnotherWhileItIsEmpty() {
        long plainBytes = emptyBytes;
        declare("x-max-priority", 255);
        assertThat(emptyBytes - plainBytes).isLessThan(500);
    }

    @Test
    void countsEveryLevel() {
        declare("x-max-priority", 255);
        for (int priority = 0; priority <= 255; priority++) {
            loose.publishWith(priority);
        }
        saysWhatItHolds();
    }

    @Test
    void countsOneMessage() {
        loose.publish(1, 2);
        saysWhatItHolds();
    }

    @Test
    void countsWhatIsSettledInPiecesUntilItIsWritten() {
        takeAll();
        for (int i = 0; i < MESSAGES; i += 2) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.ACCEPT);
        }
        saysWhatItHolds();
        loose.turn();
        saysWhatItHolds();
        for (int i = 1; i < MESSAGES; i += 2) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.ACCEPT);
        }
        loose.turn();
        assertThat(reachableBytes() - emptyBytes).isLessThan(2L * IndexPage.BYTES_MAX);
    }

    @Test
    void countsWhatCameBack() {
        takeAll();
        for (int i = 0; i < MESSAGES; i++) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.REQUEUE);
        }
        saysWhatItHolds();
    }

    @Test
    void keepsNothingWhenItIsDeletedWhoeverStillRefersToIt() {
        declare("x-max-priority", 255);
        takeAll();
        for (int i = 0; i < MESSAGES; i += 3) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.ACCEPT);
            loose.queue.settle(tray.places[i + 1], tray.marks[i + 1], Settlement.REQUEUE);
        }
        loose.publishWith(255);
        loose.queue.deleted();
        loose.turn();
        assertThat(reachableBytes()).isLessThanOrEqualTo(emptyBytes);
    }

    @Test
    void nobodyWakesAQueueThatIsDeleted() {
        declare("x-expires", 1_000);
        loose.queue.touch();
        assertThat(loose.wakesAtMillis).isEqualTo(1_000);
        loose.publish(1, 2);
        loose.queue.deleted();
        loose.turn();
        loose.queue.touch();
        assertThat(loose.wakesAtMillis).isEqualTo(QueueContext.NO_TIME);
    }

    @Test
    void holdsNothingWhenItIsDeleted() {
        takeAll();
        for (int i = 0; i < MESSAGES; i += 2) {
            loose.queue.settle(tray.places[i], tray.marks[i], Settlement.ACCEPT);
        }
        loose.queue.deleted();
        assertThat(loose.heldBytes).isZero();
    }
}
