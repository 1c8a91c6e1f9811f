package io.ferrymq.broker.shard;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Subscription;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.delivery.Consumer;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.queue.QueueSource;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VirtualHost;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A link to the shard: checks permissions, turns requests into commands, and owns what dies with it. Lane only. */
final class ShardLink implements Link, QueueOwner {
    private static final int SUBSCRIPTIONS_FIRST = 64;
    /** What a link and its session take on the heap before they do anything; an estimate. */
    static final int LINK_BYTES = 6_000;

    /** With the longest tag. */
    private static final int REPLY_ADDRESS_BYTES = 1_000;
    /** A link that holds no more than this may have of the reserve: some channels with a few consumers each. */
    private static final int LITTLE_BYTES = 64 << 10;

    private final Shard shard;
    private final Links links;
    private final VirtualHost vhost;
    private final LinkListener listener;
    private final LinkFaults faults;
    private final LinkTopology requests;
    private final PublishTargets targets;
    private final TurnBudget budget;
    private final LinkWork work;
    private final Set<Consumer> subscriptions = new LinkedHashSet<>();
    private int subscriptionsSwept = SUBSCRIPTIONS_FIRST;
    private final Set<String> replyAddresses = new LinkedHashSet<>();
    /** Deliveries that the session may not have taken notice of, because it threw. */
    private final List<Unsettled> undelivered = new ArrayList<>(0);

    private final Pause pause = new Pause();
    private long heldBytes;
    private long unsettledBytes;
    private long awaitedSequence;
    private boolean awaits;
    /** What this link published, and was told to write of what it settled, is durable from this sequence on. */
    private long answerable;

    private boolean closed;

    ShardLink(Shard shard, Links links, VirtualHost vhost, Guard guard, LinkListener listener) {
        this.shard = shard;
        this.links = links;
        this.vhost = vhost;
        this.listener = listener;
        this.faults = new LinkFaults(shard.lane(), listener);
        this.requests = new LinkTopology(shard, vhost, guard, this);
        this.budget = shard.turn().budget();
        this.work = new LinkWork(shard.turn());
        this.targets = new PublishTargets(vhost, guard);
        hold(LINK_BYTES);
    }

    // ---- what exists ----

    @Override
    public void declareExchange(ExchangeSpec spec) {
        requests.declareExchange(spec);
    }

    @Override
    public void checkExchange(String name) {
        requests.checkExchange(name);
    }

    @Override
    public void deleteExchange(String name, Set<DeleteCondition> conditions) {
        requests.deleteExchange(name, conditions);
    }

    @Override
    public void bindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        requests.bindExchange(destination, source, routingKey, arguments);
    }

    @Override
    public void unbindExchange(
            String destination, String source, String routingKey, Map<String, @Nullable Object> arguments) {
        requests.unbindExchange(destination, source, routingKey, arguments);
    }

    @Override
    public QueueStatus declareQueue(QueueSpec spec) {
        return requests.declareQueue(spec);
    }

    @Override
    public QueueStatus checkQueue(String name) {
        return requests.checkQueue(name);
    }

    @Override
    public void bindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        requests.bindQueue(queue, exchange, routingKey, arguments);
    }

    @Override
    public void unbindQueue(String queue, String exchange, String routingKey, Map<String, @Nullable Object> arguments) {
        requests.unbindQueue(queue, exchange, routingKey, arguments);
    }

    @Override
    public long purgeQueue(String name) {
        Queue queue = requests.usable(name, Permission.READ);
        long count = shard.purgeable(queue);
        work.add(shard.purge(queue), () -> {});
        return count;
    }

    @Override
    public long deleteQueue(String name, Set<DeleteCondition> conditions) {
        return requests.deleteQueue(name, conditions);
    }

    // ---- messages ----

    @Override
    public void publish(Publication publication) {
        if (isReply(publication)) {
            links.replyAddresses().send(publication);
            return;
        }
        shard.publish(vhost, targets.find(publication), publication);
        answerable = Math.max(answerable, publication.durableAt());
    }

    @Override
    public void checkPublish(Publication publication) {
        if (!isReply(publication)) {
            targets.find(publication);
        }
    }

    private static boolean isReply(Publication publication) {
        return publication.exchange().text().isEmpty()
                && publication.routingKey().startsWith(ReplyAddresses.PREFIX);
    }

    @Override
    public Subscription subscribe(SubscriptionRequest request, DeliverySink sink) {
        Queue queue = requests.usable(request.queue(), Permission.READ);
        requireRoom(Consumer.memoryBytes(request));
        shard.turn().budget().spend(TurnBudget.REMOVAL);
        Consumer subscription = queue.subscribe(request, guarded(sink));
        subscriptions.add(subscription);
        hold(subscription.memoryBytes());
        sweep();
        return new LinkSubscription(subscription);
    }

    private DeliverySink guarded(DeliverySink sink) {
        return new GuardedSink(faults, undelivered, sink, pause);
    }

    /** Forgets subscriptions whose queue went, now and then. */
    private void sweep() {
        if (subscriptions.size() > subscriptionsSwept) {
            subscriptions.removeIf(this::forgetEnded);
            subscriptionsSwept = Math.max(SUBSCRIPTIONS_FIRST, 2 * subscriptions.size());
        }
    }

    private boolean forgetEnded(Consumer subscription) {
        if (subscription.hasEnded()) {
            hold(-subscription.memoryBytes());
        }
        return subscription.hasEnded();
    }

    /** A subscription that its link forgets when it is cancelled. */
    private final class LinkSubscription implements Subscription {
        private final Consumer subscription;

        LinkSubscription(Consumer subscription) {
            this.subscription = subscription;
        }

        @Override
        public void resume() {
            subscription.resume();
        }

        @Override
        public long timeoutMillis() {
            return subscription.timeoutMillis();
        }

        @Override
        public void cancel() {
            if (subscriptions.remove(subscription)) {
                hold(-subscription.memoryBytes());
            }
            subscription.cancel();
        }
    }

    @Override
    public boolean fetch(String queue, SubscriptionRequest.Settling settling, DeliverySink sink) {
        Queue from = requests.usable(queue, Permission.READ);
        boolean found = from.fetch(settling == SubscriptionRequest.Settling.ON_DELIVERY, guarded(sink));
        if (!found) {
            if (from.isHeadDead()) {
                work.add(from.buryingDead(), () -> {});
            } else {
                answerable = Math.max(answerable, from.headSequence());
            }
        }
        return found;
    }

    @Override
    public void settle(DeliverySource source, long place, long mark, Settlement settlement) {
        if (!undelivered.isEmpty()) {
            // The session had noted it before it threw: it is not to be given back once more.
            undelivered.remove(new Unsettled(source, place, mark));
        }
        Queue queue = ((QueueSource) source).queue();
        if (queue == null) {
            return;
        }
        if (work.isWorking() && givesBack(settlement)) {
            work.hold(queue);
        }
        queue.settle(place, mark, settlement);
    }

    private static boolean givesBack(Settlement settlement) {
        return settlement == Settlement.REQUEUE || settlement == Settlement.RELEASE;
    }

    @Override
    public long spentUnits() {
        return budget.spent();
    }

    @Override
    public void spend(long units) {
        budget.spend(units);
    }

    @Override
    public void work(Chore chore, Runnable done) {
        work.add(budget -> part(chore, budget), () -> faults.run(done));
    }

    /**
     * A session that fails in its own work has done what it could. If it is closed it has not given back what it holds, and
     * nobody else can.
     */
    private boolean part(Chore chore, TurnBudget budget) {
        try {
            return chore.go(budget);
        } catch (RuntimeException e) {
            if (closed) {
                throw e;
            }
            faults.failed(e);
            return true;
        }
    }

    @Override
    public void together(int bytes) {
        shard.together(bytes);
    }

    @Override
    public void writeSettlements() {
        answerable = Math.max(answerable, shard.writeSettlements());
    }

    @Override
    public String openReplyAddress(DeliverySink sink) {
        requireRoom(REPLY_ADDRESS_BYTES);
        // Never paused: a reply that its client has no credit for is lost.
        String name = links.replyAddresses().open(new GuardedSink(faults, undelivered, sink, new Pause()));
        replyAddresses.add(name);
        hold(REPLY_ADDRESS_BYTES);
        return name;
    }

    @Override
    public void closeReplyAddress(String name) {
        if (replyAddresses.remove(name)) {
            hold(-REPLY_ADDRESS_BYTES);
        }
        links.replyAddresses().close(name);
    }

    @Override
    public boolean replyAddressExists(String name) {
        return links.replyAddresses().exists(name);
    }

    // ---- durability and limits ----

    @Override
    public void afterDurable(Runnable answer) {
        if (work.isIdle()) {
            shard.afterDurable(answerable, () -> faults.run(answer));
        } else {
            work.add(_ -> true, () -> shard.afterDurable(answerable, () -> faults.run(answer)));
        }
    }

    @Override
    public void awaitDurable(long sequence) {
        awaitedSequence = Math.max(awaitedSequence, sequence);
        if (!awaits && awaitedSequence > shard.durableSequence()) {
            awaits = true;
            shard.awaitDurable(this);
        }
    }

    /** The log is durable further; whether this link still waits. */
    boolean durable(long sequence) {
        if (closed) {
            return false;
        }
        try {
            listener.durable(sequence);
        } catch (RuntimeException e) {
            faults.failed(e);
        }
        awaits = awaitedSequence > sequence;
        return awaits;
    }

    @Override
    public long durableSequence() {
        return shard.durableSequence();
    }

    @Override
    public boolean congested() {
        return links.congested(this);
    }

    @Override
    public boolean lagging() {
        return links.lagging(this);
    }

    @Override
    public boolean areMessagesFull() {
        return links.areMessagesFull();
    }

    @Override
    public @Nullable String blockedReason() {
        return links.blockedReason();
    }

    // ---- memory ----

    @Override
    public void hold(long bytes) {
        if (!closed) {
            heldBytes += bytes;
            shard.budget().sessionsHold(bytes);
        }
    }

    @Override
    public void holdUnsettled(long bytes) {
        if (!closed) {
            unsettledBytes += bytes;
            shard.budget().unsettled(bytes);
            hold(bytes);
        }
    }

    @Override
    public void requireRoom(long bytes) {
        if (heldBytes + bytes <= LITTLE_BYTES) {
            shard.budget().requireRoomForLittleSession(bytes);
        } else {
            shard.budget().requireRoomForSession(bytes);
        }
    }

    /** What the session holds for deliveries that are not settled. */
    long unsettledBytes() {
        return unsettledBytes;
    }

    /** No deliveries until {@link #goOn}. */
    void pause() {
        pause.begin();
    }

    void goOn() {
        if (pause.isOn()) {
            pause.end();
            List.copyOf(subscriptions).forEach(Consumer::resume);
        }
    }

    boolean isInVhostGone() {
        return vhost.isGone();
    }

    /** Tells the session something. */
    void tell(java.util.function.Consumer<LinkListener> what) {
        faults.run(() -> what.accept(listener));
    }

    @Override
    public boolean hasLeft() {
        return closed;
    }

    @Override
    public void gone(DeclaredQueue queue) {
        requests.gone(queue);
    }

    @Override
    public void close(Runnable gone) {
        if (closed) {
            return;
        }
        closed = true;
        faults.close();
        links.closed(this);
        work.add(this::closeOn, () -> {
            shard.budget().sessionsHold(-heldBytes);
            shard.budget().unsettled(-unsettledBytes);
            heldBytes = 0;
            unsettledBytes = 0;
            faults.run(gone);
        });
    }

    private boolean closeOn(TurnBudget budget) {
        undelivered.forEach(ShardLink::giveBackUnlessSettled);
        undelivered.clear();
        while (!subscriptions.isEmpty() || !replyAddresses.isEmpty()) {
            if (budget.isSpent()) {
                return false;
            }
            closeOne();
            budget.spend(TurnBudget.REMOVAL);
        }
        return requests.deleteExclusive(budget);
    }

    private static void giveBackUnlessSettled(Unsettled delivery) {
        Queue queue = ((QueueSource) delivery.source()).queue();
        if (queue != null) {
            queue.giveBackUnlessSettled(delivery.place(), delivery.mark());
        }
    }

    private void closeOne() {
        if (subscriptions.isEmpty()) {
            closeReplyAddress(replyAddresses.iterator().next());
        } else {
            Iterator<Consumer> first = subscriptions.iterator();
            Consumer subscription = first.next();
            first.remove();
            subscription.cancel();
        }
    }
}
