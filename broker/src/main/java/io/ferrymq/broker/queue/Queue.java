package io.ferrymq.broker.queue;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.SubscriptionRequest;
import io.ferrymq.broker.delivery.Consumer;
import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.routing.Destination;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.QueueType;
import io.netty.buffer.ByteBuf;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;

/**
 * A queue: messages in, in order, to consumers with credit. Its parts are {@link Content} (what it holds), {@link Pump}
 * (who gets it), {@link Clock} (what time does) and {@link Consumers}.
 *
 * <p>Thread contract: the shard's lane only.
 *
 * <p>A message moves through these states. Only <em>settled</em> is written to the log, and <em>resting</em> with its
 * end; the rest is memory of this process, and after a restart everything else that is not settled is ready again.
 *
 * <pre>
 *   from       to         on
 *   -          ready      {@link #enqueue}
 *   ready      delivered  a consumer with credit, or a fetch, once the message is durable
 *   ready      settled    its consumer settles on delivery; it expires or is a revoked task; the queue is over its
 *                         bound; purge
 *   delivered  settled    accepted; rejected; failed too often
 *   delivered  ready      given back, to its old place
 *   delivered  resting    given back, and the queue's terms delay another delivery
 *   resting    ready      its time has come; it takes its old place
 *   resting    settled    it expires; purge
 * </pre>
 */
public final class Queue extends Destination implements DeclaredQueue {
    private final long number;
    private final String vhost;
    private final QueueSpec spec;
    private final QueueOwner owner;
    private final QueueTerms terms;
    private final QueueContext context;
    private final Consumers consumers;
    private final Content content;
    private final Clock clock;
    private final Pump pump;
    private final QueueSource source;
    private boolean gone;

    public Queue(long number, String vhost, QueueSpec spec, QueueOwner owner, QueueContext context) {
        this.number = number;
        this.vhost = vhost;
        this.spec = spec;
        this.owner = owner;
        this.context = context;
        this.terms = QueueTerms.of(spec.arguments());
        this.content = new Content(this, terms, context);
        this.consumers = new Consumers(terms.choice(), content::unsettledCount);
        this.clock = new Clock(this, terms, context, content, consumers);
        this.source = new QueueSource(this, terms.consumerTimeoutMillis());
        this.pump = new Pump(this, source, terms, context, content, consumers);
    }

    @Override
    public long number() {
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

    /** Whether a message survives a restart here: in a quorum queue all do. */
    public boolean keeps(boolean persistent) {
        return isDurable() && (persistent || spec.type() == QueueType.QUORUM);
    }

    public QueueTerms terms() {
        return terms;
    }

    /** Messages that wait for a consumer. */
    public long readyCount() {
        return content.readyCount();
    }

    /** Messages at consumers. */
    public long unsettledCount() {
        return content.unsettledCount();
    }

    /** Messages that came back and wait for their time. */
    public long restingCount() {
        return content.restingCount();
    }

    /** Whether no message is here: none ready, none at a consumer, none resting. */
    public boolean isEmpty() {
        return readyCount() + unsettledCount() + restingCount() == 0;
    }

    public int consumerCount() {
        return consumers.count();
    }

    /** Bytes of memory that its index takes; the messages themselves are the log's. */
    public long memoryBytes() {
        return content.memoryBytes();
    }

    // ---- in ----

    /** Whether one more message of this size would be refused. What consumers are about to get does not count. */
    public boolean refuses(int bodyBytes) {
        return terms.overflow() != Overflow.DROP_HEAD
                && content.wouldBeOverBound(bodyBytes, 0)
                && content.wouldBeOverBound(
                        bodyBytes, consumers.credit(content.leavingNeeded(bodyBytes), context.turnBudget()));
    }

    /**
     * Takes a message. The same call serves run time and recovery.
     *
     * @param publishedMillis when it was published; looked at only if it or the queue has a time to live
     * @param expirationMillis its own time to live, or {@link io.ferrymq.broker.message.Publication#NEVER}
     * @param taskExpiresMillis when it expires as a task, or {@code NEVER}; looked at only if the queue understands tasks
     */
    public void enqueue(
            long sequence,
            int bodyBytes,
            int priority,
            boolean persistent,
            long publishedMillis,
            long expirationMillis,
            long taskExpiresMillis) {
        boolean durable = keeps(persistent);
        content.append(sequence, bodyBytes, priority, durable, publishedMillis, expirationMillis, taskExpiresMillis);
    }

    /** Asks for deliveries: when the turn ends, or once what was {@code written} is durable. */
    public void messagesArrived(boolean written) {
        if (written) {
            pump.askWhenDurable();
        } else {
            pump.ask();
        }
    }

    // ---- out ----

    /** Delivers what may be delivered, lets expire what must, and keeps the bound. */
    public void pump() {
        pump.run();
        clock.watch();
    }

    /** As {@link #pump}, when the first message may be read from the disk. */
    public void pumpFromDisk() {
        pump.runFromDisk();
        clock.watch();
    }

    /** Messages that wait for a consumer, without those that the bound has to drop. */
    public long readyCountWithinBound() {
        if (terms.overflow() != Overflow.DROP_HEAD || !content.isOverBound()) {
            return readyCount();
        }
        pump.settleDown();
        clock.watch();
        return terms.maxLength() == QueueTerms.NONE ? readyCount() : Math.min(readyCount(), terms.maxLength());
    }

    /** The log has become durable further. */
    public void durableNow() {
        pump.durableNow();
    }

    /** Hands out nothing until {@link #letGo} was called as often: many messages come back, or go. */
    public void hold() {
        pump.hold();
    }

    public void letGo() {
        pump.letGo();
    }

    /** Whether there are messages before the first one that can be fetched which only {@link #buryingDead} takes away. */
    public boolean isHeadDead() {
        return pump.isHeadDead();
    }

    /** Buries what has expired, or is revoked, up to the first message that can be fetched. */
    public Chore buryingDead() {
        return _ -> pump.buryDead();
    }

    /**
     * Hands the first ready message to {@code sink}; false if there is none, or too many before it have expired: then {@link
     * #isHeadDead}.
     */
    public boolean fetch(boolean settled, DeliverySink sink) {
        if (terms.singleActiveConsumer() && spec.type() == QueueType.QUORUM) {
            throw new RefusedException(new Refusal.FetchNotSupported(resource(), "quorum"));
        }
        clock.touch();
        boolean found = pump.fetch(settled, sink);
        clock.watch();
        return found;
    }

    /** What has to be durable before the first ready message can be fetched, 0 if nothing is ready. */
    public long headSequence() {
        return pump.headSequence();
    }

    /** Gives a delivery back whose session has ended, unless that has settled it. */
    public void giveBackUnlessSettled(long place, long mark) {
        if (!isGone() && content.isAtConsumer(place)) {
            settle(place, mark, Settlement.RELEASE);
        }
    }

    /** Settles a delivery, which is known by its place and its mark. */
    public void settle(long place, long mark, Settlement settlement) {
        if (isGone()) {
            return;
        }
        content.settle(place, mark, settlement);
        if (settlement == Settlement.REQUEUE || settlement == Settlement.RELEASE) {
            var _ = pump.keepBound();
            pump.ask();
        } else {
            handOver();
        }
    }

    /** A consumer that waits until another has settled everything may be next. */
    private void handOver() {
        if (consumers.isHandingOver() && content.unsettledCount() == 0) {
            pump.ask();
        }
    }

    /** Forgets all messages that are ready now or rest. Nothing is handed out meanwhile. */
    public Chore purge() {
        pump.hold();
        long upTo = content.newestSequence();
        return budget -> {
            boolean over = isGone() || (content.purgeReady(upTo, budget) && content.purgeResting(budget));
            if (over) {
                pump.letGo();
            }
            return over;
        };
    }

    /** Some tasks are revoked from now on: those that are first in the queue go, whether a consumer wants them or not. */
    public void tasksRevoked() {
        pump.lookAgainForRevoked();
        pump.ask();
    }

    /**
     * Forgets the messages that {@code wanted} picks by their sequences of those that are ready or rest, and returns how many;
     * what is at a consumer stays. Asks about each.
     */
    public int forgetReady(LongPredicate wanted) {
        return content.forgetReady(wanted);
    }

    /** Writes what was settled since the last call, for a settle record. */
    public void drainSettles(ByteBuf out) {
        content.drainSettles(out);
    }

    // ---- time ----

    /** Something looked at the queue: its own expiry starts anew. */
    public void touch() {
        clock.touch();
    }

    /** The time that it asked to be woken at has come. */
    public void deadlineReached() {
        if (!isGone() && clock.ring()) {
            pump.ask();
        }
    }

    // ---- consumers ----

    /** Adds a consumer; deliveries begin when the turn ends. */
    public Consumer subscribe(SubscriptionRequest request, DeliverySink sink) {
        Consumer.requireAcceptable(resource(), spec.type(), request.arguments());
        Consumer consumer = new Consumer(request, sink, source, terms.consumerTimeoutMillis());
        boolean exclusiveToOne = consumer.isExclusive() && (terms.singleActiveConsumer() || !consumers.isEmpty());
        if (exclusiveToOne || consumers.hasExclusive()) {
            throw new RefusedException(new Refusal.InExclusiveUse(resource()));
        }
        consumers.add(consumer);
        pump.ask();
        return consumer;
    }

    /** The consumer can take messages again. */
    void resumed(Consumer consumer) {
        consumers.resume(consumer);
        if (content.readyCount() > 0) {
            pump.ask();
        }
    }

    /** The consumer ends. */
    void cancelled(Consumer consumer) {
        consumers.remove(consumer);
        if (isGone()) {
            return;
        }
        if (consumers.isEmpty() && spec.autoDelete()) {
            context.deleteSelf(this);
            return;
        }
        clock.touch();
        pump.ask();
    }

    // ---- the end ----

    /**
     * Its deletion was applied: lets go of all messages and tells consumers. Whoever refers to it from now on keeps nothing
     * of what it held.
     */
    public void deleted() {
        gone = true;
        source.queueGone();
        clock.stop();
        pump.stop();
        context.start(consumers.ending());
        context.start(content.releasing());
    }

    public boolean isGone() {
        return gone || !isReachable();
    }

    // ---- recovery and checkpoints ----

    /** Receives one range of a settle record. */
    public interface SettleVisitor {
        void settled(long queueNumber, int level, long firstSequence, long lastSequence);
    }

    /** Reads a settle record: what {@link #drainSettles} of any number of queues wrote. */
    public static void readSettles(ByteBuf in, SettleVisitor visitor) {
        PendingSettles.read(in, visitor);
    }

    /** Applies, in recovery, one range of a settle record. */
    public void settleRange(int level, long firstSequence, long lastSequence) {
        content.settleRange(level, firstSequence, lastSequence);
    }

    /** Applies, in recovery, a count of failures, and until when the message rests. */
    public void failuresRecovered(long sequence, int count, long restsUntilMillis) {
        content.failuresRecovered(sequence, count, restsUntilMillis);
    }

    /** Writes what is durable of the queue's content. */
    public void encode(ByteBuf out) {
        content.encode(out);
    }

    /** Reads what {@link #encode} wrote; {@code held} sees every sequence that the queue holds. */
    public void decode(ByteBuf in, LongConsumer held) {
        content.decode(in, held);
    }

    /** Writes until when messages rest. */
    public void encodeResting(ByteBuf out) {
        content.encodeResting(out);
    }

    /** Reads what {@link #encodeResting} wrote. */
    public void decodeResting(ByteBuf in) {
        content.decodeResting(in);
    }

    /** Recovery is over. */
    public void recovered() {
        content.recovered();
        clock.touch();
        pump.ask();
    }

    private Resource resource() {
        return Resource.queue(name(), vhost);
    }
}
