package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.SubscriptionRequest.Sharing;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.topology.QueueArguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a queue does is charged for what has to be read or asked for it, and not for its outcome alone. */
final class UnitsTest {
    private static final int MESSAGES = 40_000;
    /** Of so many messages one stays, so that there are as many pages as if all stayed. */
    private static final int SPREAD = 1_000;

    private static final int STAYING = MESSAGES / SPREAD;
    /** Entries that are read for one unit. */
    private static final int ENTRIES = 32;

    private LooseQueue loose = new LooseQueue();
    private final Tray tray = new Tray(MESSAGES);

    private void declare(String argument, Object value, String other, Object otherValue) {
        loose = new LooseQueue(QueueArguments.of(Map.of(argument, value, other, otherValue)));
    }

    private void consume(Tray sink) {
        loose.queue.subscribe(new SubscriptionRequest("q", "t", Settling.BY_CONSUMER, Sharing.SHARED, Map.of()), sink);
    }

    private long spent(Runnable what) {
        long before = loose.budget.spent();
        what.run();
        return loose.budget.spent() - before;
    }

    /** Some messages are left that were never handed out, one here and one there. */
    private void leaveFew() {
        loose.publish(MESSAGES, 2);
        assertThat(loose.queue.forgetReady(sequence -> sequence / 2 % SPREAD != 0))
                .isEqualTo(MESSAGES - STAYING);
        assertThat(loose.queue.readyCount()).isEqualTo(STAYING);
    }

    private long readingUnits() {
        return MESSAGES / ENTRIES / 2;
    }

    @Test
    void deliveringOneHereAndOneThere() {
        leaveFew();
        consume(tray);
        long units = spent(loose::turn);
        assertThat(tray.count).isEqualTo(STAYING);
        assertThat(units).isGreaterThan(readingUnits());
    }

    @Test
    void purgingOneHereAndOneThere() {
        leaveFew();
        assertThat(spent(() -> loose.start(loose.queue.purge()))).isGreaterThan(readingUnits());
        assertThat(loose.queue.readyCount()).isZero();
    }

    @Test
    void lettingGoOfOneHereAndOneThere() {
        leaveFew();
        assertThat(spent(loose.queue::deleted)).isGreaterThan(readingUnits());
        assertThat(loose.released).isEqualTo(MESSAGES);
    }

    @Test
    void givingBackWhatIsSoughtFromThePagesBeginEachTime() {
        consume(tray);
        loose.publish(1_000, 2);
        loose.turn();
        long forwards = spent(() -> {
            for (int i = 0; i < 500; i++) {
                loose.queue.settle(tray.places[i], tray.marks[i], Settlement.REQUEUE);
            }
        });
        assertThat(forwards).isGreaterThanOrEqualTo(500L * TurnBudget.SETTLEMENT);
        long backwards = spent(() -> {
            for (int i = 999; i >= 500; i--) {
                loose.queue.settle(tray.places[i], tray.marks[i], Settlement.REQUEUE);
            }
        });
        assertThat(backwards - forwards).isGreaterThan(500L * (500 / ENTRIES));
    }

    @Test
    void ofManyPrioritiesOnlyThoseAreLookedAtWhoseMessagesMayExpire() {
        declare("x-max-priority", 255, "x-max-length", 1_000_000);
        fillAllPriorities(Publication.NEVER);
        assertThat(spent(loose::turn)).isEqualTo(TurnBudget.DELIVERY);
        declare("x-max-priority", 255, "x-max-length", 1_000_000);
        fillAllPriorities(5_000);
        assertThat(spent(loose::turn)).isGreaterThan(50);
        assertThat(loose.wakesAtMillis).isEqualTo(5_000);
    }

    private void fillAllPriorities(long expirationMillis) {
        for (int priority = 0; priority <= 255; priority++) {
            loose.publishWith(priority, expirationMillis);
        }
    }

    @Test
    void aQueueOverItsBoundDropsNoMoreInOneGoThanTheBudgetAllows() {
        declare("x-max-length", 1, "x-dead-letter-exchange", "dead");
        loose.publish(100, 2);
        loose.budget.begin(10L * TurnBudget.SETTLEMENT);
        loose.queue.pump();
        assertThat(loose.released).isBetween(1L, 10L);
        loose.budget.begin(1_000);
        loose.turn();
        assertThat(loose.queue.readyCount()).isEqualTo(1);
    }

    @Test
    void oneMessageMoreThanABoundAsksNoMoreConsumersThanItNeeds() {
        declare("x-max-length", 500, "x-overflow", "reject-publish");
        List<Tray> trays = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            trays.add(new Tray(10));
            consume(trays.get(i));
        }
        loose.publish(500, 2);
        for (int i = 1; i <= 100; i++) {
            long asked = spent(() -> assertThat(loose.queue.refuses(100)).isFalse());
            assertThat(asked).isEqualTo(i);
            loose.publish(1, 2);
        }
    }
}
