package io.ferrymq.broker.queue;

import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.delivery.Consumer;
import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.broker.routing.Destination;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.QueueType;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue: messages in, in order, to consumers with credit.
 *
 * <p>Thread contract: the shard's lane only.
 *
 * <p>A message moves through these states. Only <em>settled</em> is written to the log; the rest is memory of this
 * process, and after a restart everything that is not settled is ready again.
 *
 * <pre>
 *   from       to         on
 *   -          ready      {@link #enqueue}
 *   ready      delivered  a consumer with credit, or a fetch, once the message is durable
 *   ready      settled    its consumer settles on delivery; it expires; the queue is over its bound; purge
 *   delivered  settled    accepted; rejected; failed too often
 *   delivered  ready      given back, to its old place
 * </pre>
 */
public final class Queue extends Destination implements DeclaredQueue, Consumer.Source {
    /** Deliveries in one go, so that a long backlog does not hold up the lane. */
    private static final int DELIVERIES_PER_PUMP = 512;

    private final int number;
    private final String vhost;
    private final QueueSpec spec;
    private final QueueOwner owner;
    private final QueueTerms terms;
    private final QueueContext context;
    private final Waiting waiting;
    private final Consumers consumers;
    private final Settles settles;
    private final Failures failures = new Failures();
    private final Head head = new Head();
    private final QueueDelivery delivery = new QueueDelivery();
    private long lastUsedMillis;
    private long wakeAtMillis = Long.MAX_VALUE;
    private boolean gone;
    private boolean pumpAsked;
    private boolean pumpAskedWhenDurable;

    public Queue(int number, String vhost, QueueSpec spec, QueueOwner owner, QueueContext context) {
        this.number = number;
        this.vhost = vhost;
        this.spec = spec;
        this.owner = owner;
        this.terms = QueueTerms.of(spec.arguments());
        this.context = context;
        this.waiting = new Waiting(terms.maxPriority());
        this.consumers = new Consumers(terms.singleActiveConsumer());
        this.settles = new Settles(terms.maxPriority() + 1);
        this.lastUsedMillis = context.nowMillis();
    }

    @Override
    public int number() {
        return number;
    }

    public String vhost() {
        return vhost;
    }

    @Override
    public String name() {
        return spec.name();
    }

    @Override
    public QueueSpec spec() {
        return spec;
    }

    @Override
    public QueueOwner owner() {
        return owner;
    }

    @Override
    public Destination destination() {
        return this;
    }

    /** Whether it and its persistent messages survive a restart. */
    public boolean isDurable() {
        return spec.durable();
    }

    public QueueTerms terms() {
        return terms;
    }

    /** Messages that wait for a consumer. */
    public long readyCount() {
        return waiting.readyCount();
    }

    /** Messages at consumers. */
    public long unsettledCount() {
        return waiting.unsettledCount();
    }

    public int consumerCount() {
        return consumers.count();
    }

    public long memoryBytes() {
        return waiting.memoryBytes();
    }

    /** Whether its messages outlive their time only as long as a clock is looked at. */
    public boolean isTimed() {
        return terms.isTimed();
    }

    // ---- in ----

    /** Whether one more message of this size would be refused. */
    public boolean refuses(int bodyBytes) {
        return terms.overflow() != Overflow.DROP_HEAD
                && isOver(waiting.readyCount() + 1, waiting.readyBytes() + bodyBytes);
    }

    /**
     * Takes a message. The same call serves run time and recovery.
     *
     * @param publishedMillis when it was published; looked at only if it or the queue has a time to live
     * @param expirationMillis its own time to live, or {@link Publication#NEVER}
     */
    public void enqueue(
            long sequence,
            int bodyBytes,
            int priority,
            boolean persistent,
            long publishedMillis,
            long expirationMillis) {
        long ttlMillis = terms.messageTtlMillis();
        if (ttlMillis == QueueTerms.NONE || (expirationMillis != Publication.NEVER && expirationMillis < ttlMillis)) {
            ttlMillis = expirationMillis;
        }
        waiting.append(priority, sequence, bodyBytes, persistent && isDurable(), expiry(publishedMillis, ttlMillis));
    }

    private static long expiry(long publishedMillis, long ttlMillis) {
        if (ttlMillis == Publication.NEVER) {
            return Entry.NEVER;
        }
        return ttlMillis == 0 ? Entry.AT_ONCE : publishedMillis + ttlMillis;
    }

    /** Asks for deliveries when the turn ends, or once what was written is durable. */
    public void messagesArrived(boolean written) {
        if (!written && !pumpAsked) {
            pumpAsked = true;
            context.pumpLater(this);
        } else if (written && !pumpAskedWhenDurable) {
            pumpAskedWhenDurable = true;
            context.pumpWhenDurable(this);
        }
    }

    // ---- out ----

    /** Delivers what may be delivered, lets expire what must, and keeps the bound. */
    public void pump() {
        pumpAsked = false;
        int budget = DELIVERIES_PER_PUMP;
        while (!gone && waiting.peek(head)) {
            if (!isDurableYet(head.entry())) {
                waitForDurability();
                break;
            }
            boolean expired = hasExpired(head.entry());
            boolean deliverable = !expired || head.entry().expiresAtMillis == Entry.AT_ONCE;
            Consumer consumer = deliverable ? consumers.next() : null;
            if (consumer == null && expired) {
                bury(Death.Reason.EXPIRED);
                continue;
            }
            if (consumer == null) {
                break;
            }
            deliver(consumer);
            if (--budget == 0) {
                messagesArrived(false);
                break;
            }
        }
        keepBound();
        watchClock();
    }

    /** Called when the log has become durable further. */
    public void pumpDurable() {
        pumpAskedWhenDurable = false;
        pump();
    }

    private void waitForDurability() {
        if (!pumpAskedWhenDurable) {
            pumpAskedWhenDurable = true;
            context.pumpWhenDurable(this);
        }
    }

    private boolean isDurableYet(Entry entry) {
        return !entry.durable || entry.sequence <= context.durableSequence();
    }

    private boolean hasExpired(Entry entry) {
        return entry.expiresAtMillis != Entry.NEVER && entry.expiresAtMillis <= context.nowMillis();
    }

    private void deliver(Consumer consumer) {
        waiting.take(head);
        if (consumer.settlesOnDelivery()) {
            hand(consumer.sink(), null);
            forget(head.level().number, head.entry());
        } else {
            hand(consumer.sink(), flight());
        }
    }

    private InFlight flight() {
        InFlight flight = head.returned();
        if (flight == null) {
            flight = new InFlight(this, head.level().number);
            flight.entry.copyFrom(head.entry());
            flight.failedDeliveries = failures.of(head.entry().sequence);
        }
        flight.atConsumer = true;
        return flight;
    }

    private void hand(DeliverySink sink, @Nullable InFlight flight) {
        int failed = -1;
        if (terms.countsFailures()) {
            InFlight earlier = head.returned();
            failed = earlier != null ? earlier.failedDeliveries : failures.of(head.entry().sequence);
        }
        delivery.set(
                context.read(head.entry().sequence), head.mayHaveBeenDelivered(), failed, flight, waiting.readyCount());
        sink.deliver(delivery);
    }

    /** Hands the first ready message to {@code sink}; false if there is none. */
    public boolean fetch(boolean settled, DeliverySink sink) {
        if (terms.singleActiveConsumer() && spec.type() == QueueType.QUORUM) {
            throw new RefusedException(new Refusal.FetchNotSupported(resource(), "quorum"));
        }
        touch();
        while (waiting.peek(head) && isDurableYet(head.entry())) {
            if (hasExpired(head.entry())) {
                bury(Death.Reason.EXPIRED);
                continue;
            }
            waiting.take(head);
            hand(sink, settled ? null : flight());
            if (settled) {
                forget(head.level().number, head.entry());
            }
            return true;
        }
        return false;
    }

    // ---- settling ----

    /** Settles a delivery of this queue. */
    void settle(InFlight flight, Settlement settlement) {
        if (!flight.atConsumer) {
            throw new IllegalStateException("settled twice: " + flight.entry.sequence);
        }
        flight.atConsumer = false;
        if (gone) {
            return;
        }
        switch (settlement) {
            case ACCEPT -> forget(flight.level, flight.entry);
            case REJECT -> bury(flight, Death.Reason.REJECTED);
            case REQUEUE -> giveBack(flight);
        }
    }

    /** Settles a delivery at the queue that it came from. */
    public static void settleAtOrigin(Unsettled delivery, Settlement settlement) {
        InFlight flight = (InFlight) delivery;
        flight.queue.settle(flight, settlement);
    }

    private void giveBack(InFlight flight) {
        if (terms.countsFailures()) {
            flight.failedDeliveries++;
            if (terms.deliveryLimit() != QueueTerms.NONE && flight.failedDeliveries > terms.deliveryLimit()) {
                bury(flight, Death.Reason.DELIVERY_LIMIT);
                return;
            }
            failures.put(flight.entry.sequence, flight.failedDeliveries);
            if (flight.entry.durable) {
                context.failureCounted(this, flight.level, flight.entry.sequence, flight.failedDeliveries);
            }
        }
        waiting.giveBack(flight);
        messagesArrived(false);
    }

    /** The head message dies. */
    private void bury(Death.Reason reason) {
        waiting.take(head);
        Entry entry = head.entry();
        int level = head.level().number;
        context.deadLetter(this, entry.sequence, reason);
        forget(level, entry);
    }

    private void bury(InFlight flight, Death.Reason reason) {
        context.deadLetter(this, flight.entry.sequence, reason);
        forget(flight.level, flight.entry);
    }

    private void forget(int level, Entry entry) {
        waiting.settle(level, entry);
        failures.remove(entry.sequence);
        if (entry.durable && settles.add(level, entry)) {
            context.settlesPending(this);
        }
        context.release(entry.sequence);
    }

    /** Writes what was settled since the last call. */
    public void drainSettles(ByteBuf out) {
        settles.drain(number, out);
    }

    /** Receives one range of a settle record. */
    public interface SettleVisitor {
        void settled(int queueNumber, int level, long firstSequence, long lastSequence);
    }

    /** Reads a settle record: what {@link #drainSettles} of any number of queues wrote. */
    public static void readSettles(ByteBuf in, SettleVisitor visitor) {
        PendingSettles.read(in, visitor);
    }

    /** Applies, in recovery, one range of a settle record. */
    public void settleRange(int level, long firstSequence, long lastSequence) {
        waiting.settleRange(level, firstSequence, lastSequence, entry -> {
            failures.remove(entry.sequence);
            context.release(entry.sequence);
        });
    }

    /** Applies, in recovery, a count of failures. */
    public void failuresRecovered(long sequence, int count) {
        failures.put(sequence, count);
    }

    // ---- bounds and time ----

    private void keepBound() {
        if (terms.overflow() != Overflow.DROP_HEAD) {
            return;
        }
        while (!gone && isOverBound() && waiting.peek(head) && isDurableYet(head.entry())) {
            bury(Death.Reason.MAXLEN);
        }
    }

    private boolean isOverBound() {
        return isOver(waiting.readyCount(), waiting.readyBytes());
    }

    private boolean isOver(long count, long bytes) {
        return (terms.maxLength() != QueueTerms.NONE && count > terms.maxLength())
                || (terms.maxLengthBytes() != QueueTerms.NONE && bytes > terms.maxLengthBytes());
    }

    /** Something looked at the queue: its own expiry starts anew. */
    public void touch() {
        if (terms.expiresMillis() != QueueTerms.NONE) {
            lastUsedMillis = context.nowMillis();
            watchClock();
        }
    }

    private void watchClock() {
        long dueMillis = Long.MAX_VALUE;
        if (terms.expiresMillis() != QueueTerms.NONE && consumers.isEmpty()) {
            dueMillis = lastUsedMillis + terms.expiresMillis();
        }
        for (int i = 0; i < waiting.levelCount(); i++) {
            if (waiting.peek(i, head)) {
                dueMillis = Math.min(dueMillis, head.entry().expiresAtMillis);
            }
        }
        if (dueMillis < wakeAtMillis) {
            wakeAtMillis = dueMillis;
            context.wakeAt(this, dueMillis);
        }
    }

    /** The time that was asked for has come. */
    public void deadlineReached() {
        wakeAtMillis = Long.MAX_VALUE;
        if (gone) {
            return;
        }
        if (terms.expiresMillis() != QueueTerms.NONE
                && consumers.isEmpty()
                && lastUsedMillis + terms.expiresMillis() <= context.nowMillis()) {
            context.deleteSelf(this);
            return;
        }
        for (int i = waiting.levelCount() - 1; i >= 0; i--) {
            while (waiting.peek(i, head) && isDurableYet(head.entry()) && hasExpired(head.entry())) {
                bury(Death.Reason.EXPIRED);
            }
        }
        watchClock();
    }

    // ---- consumers ----

    /** Adds a consumer; deliveries begin when the turn ends. */
    public Consumer subscribe(SubscriptionRequest request, DeliverySink sink) {
        Consumer.requireAcceptable(resource(), request.arguments());
        Consumer consumer = new Consumer(request, sink, this);
        if ((terms.singleActiveConsumer() && consumer.isExclusive())
                || consumers.hasExclusive()
                || (consumer.isExclusive() && !consumers.isEmpty())) {
            throw new RefusedException(new Refusal.InExclusiveUse(resource()));
        }
        consumers.add(consumer);
        messagesArrived(false);
        return consumer;
    }

    @Override
    public void resumed(Consumer consumer) {
        consumers.resume(consumer);
        if (waiting.readyCount() > 0) {
            messagesArrived(false);
        }
    }

    @Override
    public void cancelled(Consumer consumer) {
        consumers.remove(consumer);
        if (gone) {
            return;
        }
        if (consumers.isEmpty()) {
            touch();
            if (spec.autoDelete()) {
                context.deleteSelf(this);
                return;
            }
        }
        messagesArrived(false);
    }

    // ---- the end ----

    /** Forgets all ready messages; returns how many. */
    public long purge() {
        long purged = 0;
        while (waiting.peek(head)) {
            waiting.take(head);
            forget(head.level().number, head.entry());
            purged++;
        }
        return purged;
    }

    /** The queue's deletion was applied: lets go of all messages and tells consumers. Returns how many were ready. */
    public long deleted() {
        if (gone) {
            return 0;
        }
        gone = true;
        long ready = waiting.readyCount();
        waiting.forEachUnsettled((level, entry) -> context.release(entry.sequence));
        consumers.queueGone();
        return ready;
    }

    public boolean isGone() {
        return gone;
    }

    // ---- checkpoints ----

    /** Writes what is durable of the queue's content. */
    public void encode(ByteBuf out) {
        waiting.encode(out);
        failures.encode(out);
    }

    /** Reads what {@link #encode} wrote; {@code held} sees every sequence that the queue holds. */
    public void decode(ByteBuf in, LongConsumer held) {
        waiting.decode(in, entry -> held.accept(entry.sequence));
        failures.decode(in);
    }

    /** Recovery is over. */
    public void recovered() {
        waiting.recovered();
        messagesArrived(false);
    }

    Resource resource() {
        return Resource.queue(name(), vhost);
    }
}
