package io.ferrymq.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.log.DamagedRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What is known of a message that cannot be read when it is to become a dead letter. */
final class DamageTest {
    private static final class Unreadable extends LooseQueue {
        private final List<String> setAside = new ArrayList<>();

        Unreadable() {
            super(QueueArguments.of(Map.of("x-dead-letter-exchange", "dead")));
        }

        @Override
        public void deadLetter(Queue dyingIn, long sequenceOfMessage, Death.Reason reason) {
            if (sequenceOfMessage % 2 == 0) {
                throw new DamagedRecordException("injected");
            }
        }

        @Override
        public void setAside(
                Queue damaged, int level, long sequence, int bodyBytes, boolean durable, DamagedRecordException why) {
            setAside.add(sequence + " with " + bodyBytes + " bytes");
        }
    }

    /** Takes everything. */
    private static final class Keeper implements DeliverySink {
        private final List<Unsettled> unsettled = new ArrayList<>();

        @Override
        public boolean hasCredit() {
            return true;
        }

        @Override
        public int credit() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void deliver(Delivery delivery) {
            unsettled.add(Objects.requireNonNull(delivery.unsettled()));
        }

        @Override
        public void cancelled() {}
    }

    @Test
    void aRejectedMessageIsSetAsideWithItsOwnLength() {
        Unreadable loose = new Unreadable();
        Keeper keeper = new Keeper();
        loose.queue.subscribe(
                new SubscriptionRequest(
                        "q",
                        "keeper",
                        SubscriptionRequest.Settling.BY_CONSUMER,
                        SubscriptionRequest.Sharing.SHARED,
                        Map.of()),
                keeper);
        for (int sequence = 1; sequence <= 4; sequence++) {
            loose.queue.enqueue(sequence, 10 * sequence, 0, true, 0, Long.MAX_VALUE, Long.MAX_VALUE);
            loose.queue.messagesArrived(false);
        }
        loose.turn();
        keeper.unsettled.forEach(one -> loose.queue.settle(one.place(), one.mark(), Settlement.REJECT));
        assertThat(loose.setAside).containsExactly("2 with 20 bytes", "4 with 40 bytes");
        assertThat(loose.queue.isEmpty()).isTrue();
    }
}
