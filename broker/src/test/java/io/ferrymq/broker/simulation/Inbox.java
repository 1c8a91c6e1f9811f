package io.ferrymq.broker.simulation;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.History;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.Octets;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A consumer that keeps what it gets until the test answers. */
public final class Inbox implements DeliverySink {
    /** One delivery. */
    public record Received(
            String text,
            String routingKey,
            boolean redelivered,
            int failedDeliveries,
            @Nullable History history,
            @Nullable Unsettled unsettled,
            long messagesLeft) {}

    public final List<Received> received = new ArrayList<>();
    public int credit;
    public int creditAsked;
    public boolean cancelled;
    public @Nullable Subscription subscription;

    /** @param credit how many messages it takes; each answer gives one back */
    public Inbox(int credit) {
        this.credit = credit;
    }

    @Override
    public boolean hasCredit() {
        creditAsked++;
        return credit > 0;
    }

    @Override
    public int credit() {
        return credit;
    }

    @Override
    public void deliver(Delivery delivery) {
        credit--;
        MessageView message = delivery.message();
        received.add(new Received(
                message.buffer().toString(message.bodyOffset(), message.bodyLength(), StandardCharsets.UTF_8),
                Octets.decode(message.buffer(), message.routingKeyOffset(), message.routingKeyLength()),
                delivery.redelivered(),
                delivery.failedDeliveries(),
                message.history(),
                delivery.unsettled(),
                delivery.messagesLeft()));
    }

    @Override
    public void cancelled() {
        cancelled = true;
    }

    /** The bodies that came, in order. */
    public List<String> texts() {
        return received.stream().map(Received::text).toList();
    }

    /** The bodies that came since the last call, in order. */
    public List<String> take() {
        List<String> texts = texts();
        received.clear();
        return texts;
    }

    public Received last() {
        return received.getLast();
    }

    /** What to settle of the nth delivery. */
    public Unsettled held(int n) {
        return Objects.requireNonNull(received.get(n).unsettled());
    }

    /** Answers the nth delivery. */
    public void settle(Guest guest, int n, Settlement settlement) {
        guest.link.settle(held(n), settlement);
        grant(1);
    }

    /** Gives it more credit and says so. */
    public void grant(int more) {
        credit += more;
        if (subscription != null) {
            subscription.resume();
        }
    }

    public void cancel() {
        Objects.requireNonNull(subscription).cancel();
    }
}
