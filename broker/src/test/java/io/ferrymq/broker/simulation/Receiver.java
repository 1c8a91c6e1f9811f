package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest.Settling;
import io.ferrymq.broker.Unsettled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One consumer, or whoever fetches: a window of unsettled messages, each held against the promise. */
final class Receiver implements DeliverySink {
    private record Held(Copy copy, Unsettled unsettled) {}

    final ModelQueue queue;
    final Settling settling;
    private final Client client;
    private final int window;
    private final List<Held> held = new ArrayList<>();

    @Nullable Subscription subscription;

    Receiver(Client client, ModelQueue queue, Settling settling, int window) {
        this.client = client;
        this.queue = queue;
        this.settling = settling;
        this.window = window;
    }

    @Override
    public boolean hasCredit() {
        return held.size() < window;
    }

    @Override
    public int credit() {
        return settling == Settling.ON_DELIVERY && window > 0 ? Integer.MAX_VALUE : window - held.size();
    }

    @Override
    public void deliver(Delivery delivery) {
        assertThat(client.open).as("a closed link gets nothing").isTrue();
        if (subscription != null) {
            assertThat(hasCredit()).as("nobody gets more than the window holds").isTrue();
            assertThat(!queue.singleActive() || queue.receivers.getFirst() == this)
                    .as("one consumer is active, the one that came first")
                    .isTrue();
        }
        Copy copy = client.delivered(queue, Seen.of(delivery));
        Unsettled unsettled = delivery.unsettled();
        assertThat(unsettled == null)
                .as("a delivery asks for an answer if the consumer gives them")
                .isEqualTo(settling == Settling.ON_DELIVERY);
        if (unsettled == null) {
            copy.state = Copy.State.SETTLED;
        } else {
            held.add(new Held(copy, unsettled));
        }
    }

    @Override
    public void cancelled() {
        subscription = null;
    }

    Client client() {
        return client;
    }

    boolean holdsAny() {
        return !held.isEmpty();
    }

    int holds() {
        return held.size();
    }

    /** Answers one of the messages that it holds. */
    void settle(int which, Settlement settlement) {
        Held answered = held.remove(which);
        client.settle(answered.copy, answered.unsettled, settlement);
        if (subscription != null) {
            subscription.resume();
        }
    }

    void giveAllBack() {
        while (holdsAny()) {
            settle(0, Settlement.REQUEUE);
        }
    }
}
