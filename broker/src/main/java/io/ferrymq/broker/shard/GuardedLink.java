package io.ferrymq.broker.shard;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueSpec;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A link behind the shard's border ({@link Faults}). What is called for each message is written out, so that nothing is
 * created for it. Lane only.
 */
final class GuardedLink implements Link {
    private final Faults faults;
    private final ShardLink link;

    GuardedLink(Faults faults, ShardLink link) {
        this.faults = faults;
        this.link = link;
    }

    // ---- what exists ----

    @Override
    public void declareExchange(ExchangeSpec spec) {
        faults.run(() -> link.declareExchange(spec));
    }

    @Override
    public void checkExchange(String name) {
        faults.run(() -> link.checkExchange(name));
    }

    @Override
    public void deleteExchange(String name, Set<DeleteCondition> conditions) {
        faults.run(() -> link.deleteExchange(name, conditions));
    }

    @Override
    public void bindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        faults.run(() -> link.bindExchange(destination, source, routingKey, arguments));
    }

    @Override
    public void unbindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        faults.run(() -> link.unbindExchange(destination, source, routingKey, arguments));
    }

    @Override
    public QueueStatus declareQueue(QueueSpec spec) {
        return faults.get(() -> link.declareQueue(spec));
    }

    @Override
    public QueueStatus checkQueue(String name) {
        return faults.get(() -> link.checkQueue(name));
    }

    @Override
    public void bindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        faults.run(() -> link.bindQueue(queue, exchange, routingKey, arguments));
    }

    @Override
    public void unbindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        faults.run(() -> link.unbindQueue(queue, exchange, routingKey, arguments));
    }

    @Override
    public long purgeQueue(String name) {
        return faults.get(() -> link.purgeQueue(name));
    }

    @Override
    public long deleteQueue(String name, Set<DeleteCondition> conditions) {
        return faults.get(() -> link.deleteQueue(name, conditions));
    }

    // ---- messages ----

    @Override
    public void publish(Publication publication) {
        faults.requireSound();
        try {
            link.publish(publication);
        } catch (RuntimeException | Error e) {
            throw faults.outcome(e);
        }
    }

    @Override
    public void checkPublish(Publication publication) {
        faults.run(() -> link.checkPublish(publication));
    }

    @Override
    public Subscription subscribe(SubscriptionRequest request, DeliverySink sink) {
        return new GuardedSubscription(faults.get(() -> link.subscribe(request, sink)));
    }

    /** A subscription behind the same border. */
    private final class GuardedSubscription implements Subscription {
        private final Subscription subscription;

        GuardedSubscription(Subscription subscription) {
            this.subscription = subscription;
        }

        @Override
        public void resume() {
            faults.requireSound();
            try {
                subscription.resume();
            } catch (RuntimeException | Error e) {
                throw faults.outcome(e);
            }
        }

        @Override
        public long timeoutMillis() {
            return subscription.timeoutMillis();
        }

        @Override
        public void cancel() {
            faults.run(subscription::cancel);
        }
    }

    @Override
    public boolean fetch(String queue, SubscriptionRequest.Settling settling, DeliverySink sink) {
        return faults.get(() -> link.fetch(queue, settling, sink));
    }

    @Override
    public void settle(DeliverySource source, long place, long mark, Settlement settlement) {
        faults.requireSound();
        try {
            link.settle(source, place, mark, settlement);
        } catch (RuntimeException | Error e) {
            throw faults.outcome(e);
        }
    }

    @Override
    public void together(int bytes) {
        faults.run(() -> link.together(bytes));
    }

    @Override
    public void writeSettlements() {
        faults.run(link::writeSettlements);
    }

    @Override
    public String openReplyAddress(DeliverySink sink) {
        return faults.get(() -> link.openReplyAddress(sink));
    }

    @Override
    public void closeReplyAddress(String name) {
        faults.run(() -> link.closeReplyAddress(name));
    }

    @Override
    public boolean replyAddressExists(String name) {
        return link.replyAddressExists(name);
    }

    // ---- durability and limits ----

    @Override
    public void afterDurable(Runnable answer) {
        faults.run(() -> link.afterDurable(answer));
    }

    @Override
    public void awaitDurable(long sequence) {
        faults.run(() -> link.awaitDurable(sequence));
    }

    @Override
    public long durableSequence() {
        return link.durableSequence();
    }

    @Override
    public boolean congested() {
        return link.congested();
    }

    @Override
    public boolean lagging() {
        return faults.get(link::lagging);
    }

    @Override
    public boolean areMessagesFull() {
        return link.areMessagesFull();
    }

    @Override
    public @Nullable String blockedReason() {
        return link.blockedReason();
    }

    /** Does nothing once the shard has failed: there is nothing to give back to. */
    @Override
    public void hold(long bytes) {
        link.hold(bytes);
    }

    @Override
    public void holdUnsettled(long bytes) {
        link.holdUnsettled(bytes);
    }

    @Override
    public void requireRoom(long bytes) {
        faults.run(() -> link.requireRoom(bytes));
    }

    @Override
    public long spentUnits() {
        return link.spentUnits();
    }

    @Override
    public void spend(long units) {
        link.spend(units);
    }

    @Override
    public void work(Chore chore, Runnable done) {
        faults.run(() -> link.work(chore, done));
    }

    @Override
    public void close(Runnable gone) {
        if (faults.isSound()) {
            faults.run(() -> link.close(gone));
        }
    }
}
