package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one channel consumes: its consumers, the prefetch that holds for them, and the deliveries that are not settled.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>A consumer that had no credit when its queue asked is <em>stalled</em>: the queue passes it over. It is woken when
 * the reason is gone: its own limit by a settlement of its own, the channel's by any settlement or by a new limit, the
 * limit of what may be unsettled by a sixteenth of it that is settled, and unsent bytes by {@link Channels#wakeConsumers}.
 */
final class Consumption {
    /** So much of the limit of unsettled deliveries is settled before a channel that has reached it gets more. */
    private static final int RELIEF_DIVISOR = 16;
    /** As many deliveries or consumers as are seen to at once; more are work that may take several turns. */
    private static final int FEW = 256;

    /** As many consumers are woken in one go when those before have left credit. */
    private static final int WAKES = 64;

    private final Link link;
    private final LongWork work;
    private final OutboundBuffer out;
    private final ChannelEvents events;
    private final UnsettledWindow window = new UnsettledWindow();
    private final Map<String, Consumer> consumers = new LinkedHashMap<>(4);
    private final List<Holder> toWake = new ArrayList<>(0);
    /** Those that were passed over for the channel's limit or unsent bytes, and some that were so before; each once. */
    private final ArrayDeque<Consumer> passedOver = new ArrayDeque<>(0);

    private final UnsettledWindow.Taker settleNow = this::settleNow;
    private final SettleTimeout timeout;
    private @Nullable ReplyConsumer replyConsumer;
    private long lastDeliveryTag;
    private int consumerPrefetch;
    private int channelPrefetch;
    private int consumed;
    private boolean wakesLater;
    private final int unsettledMax;
    /** Consumers wait because as much is unsettled as may be. */
    private boolean full;

    private long windowBytes;
    private boolean released;

    Consumption(Peer peer, ChannelEvents events) {
        this.link = peer.link();
        this.work = new LongWork(peer.link(), peer.gate());
        this.out = peer.out();
        this.events = events;
        this.unsettledMax = peer.options().unsettledMax();
        this.timeout = new SettleTimeout(peer.options().consumerTimeoutMillis());
    }

    /** The prefetch of consumers to come; 0 for no limit. */
    int consumerPrefetch() {
        return consumerPrefetch;
    }

    void consumerPrefetch(int count) {
        consumerPrefetch = count;
    }

    /** Sets the limit for all consumers of the channel together; 0 for none. Holds at once. */
    void channelPrefetch(int count) {
        channelPrefetch = count;
        wakeStalled();
    }

    // Consumers.

    boolean hasConsumer(String tag) {
        return consumers.containsKey(tag) || isReplyConsumer(tag);
    }

    void add(Consumer consumer) {
        consumers.put(consumer.tag(), consumer);
    }

    /** Ends a consumer; nothing happens if there is none of that tag. */
    void cancel(String tag) {
        if (isReplyConsumer(tag)) {
            closeReplyConsumer();
        }
        Consumer consumer = consumers.get(tag);
        if (consumer != null) {
            forget(consumer);
            consumer.cancel();
        }
    }

    /** A consumer ends, or its queue is gone. */
    void forget(Consumer consumer) {
        consumers.remove(consumer.tag());
        if (passedOver.size() > 2 * consumers.size() + FEW) {
            passedOver.removeIf(one -> !consumers.containsKey(one.tag()));
        }
    }

    @Nullable ReplyConsumer replyConsumer() {
        return replyConsumer;
    }

    void replyConsumer(ReplyConsumer consumer) {
        replyConsumer = consumer;
    }

    private boolean isReplyConsumer(String tag) {
        return replyConsumer != null && replyConsumer.tag().equals(tag);
    }

    private void closeReplyConsumer() {
        if (replyConsumer != null) {
            link.closeReplyAddress(replyConsumer.address());
            replyConsumer = null;
        }
    }

    // Deliveries.

    /** Whether any consumer of this channel may get one more message. */
    boolean hasCredit() {
        if (released || (channelPrefetch != 0 && consumed >= channelPrefetch)) {
            return false;
        }
        if (isFull()) {
            full = true;
            return false;
        }
        boolean hasRoom = out.hasRoom();
        if (!hasRoom) {
            events.starved();
        }
        return hasRoom;
    }

    /** How many more messages all consumers of this channel may get. */
    int credit() {
        int limit = channelPrefetch == 0 ? unsettledMax : Math.min(channelPrefetch, unsettledMax);
        return Math.max(0, limit - consumed);
    }

    /** Whether as much is unsettled as may be, what a transaction holds back among it. */
    private boolean isFull() {
        return Math.max(consumed, window.count()) >= unsettledMax;
    }

    /** Refuses to fetch one more message that has to be settled, if as many are unsettled as may be. */
    void requireRoomToFetch() {
        if (isFull()) {
            throw new FaultException(
                    ReplyCode.PRECONDITION_FAILED,
                    "number of unsettled deliveries on the channel has reached the limit (" + unsettledMax + ")");
        }
    }

    long nextDeliveryTag() {
        return ++lastDeliveryTag;
    }

    /** Notes a delivery that has to be settled. */
    void unsettled(long tag, Delivery delivery, Holder holder) {
        window.add(tag, delivery.place(), delivery.mark(), holder);
        countWindow();
        if (holder.isConsumer()) {
            consumed++;
        }
    }

    /** The channel holds so many bytes more for its deliveries, or fewer. */
    void hold(long bytes) {
        link.hold(bytes);
    }

    /** Tells the broker what the window takes, when that has changed. */
    private void countWindow() {
        long bytes = window.memoryBytes();
        if (bytes != windowBytes) {
            link.holdUnsettled(bytes - windowBytes);
            windowBytes = bytes;
        }
    }

    /** Settles one delivery, or lets {@code transaction} hold the settlement back. */
    void settleOne(long tag, Settlement settlement, @Nullable Transaction transaction) {
        if (!window.takeOne(tag, settlement, transaction == null ? settleNow : transaction)) {
            throw unknownTag(tag);
        }
        wakeSettled();
    }

    /** Settles all deliveries up to {@code tag}, or all there are if it is 0. */
    void settleUpTo(long tag, Settlement settlement, @Nullable Transaction transaction) {
        if (tag != 0 && !window.holds(tag)) {
            throw unknownTag(tag);
        }
        long last = tag == 0 ? lastDeliveryTag : tag;
        if (transaction != null) {
            window.takeThrough(last, settlement, transaction);
            wakeSettled();
        } else {
            settleThrough(last, settlement, () -> {});
        }
    }

    /** What is not accepted may become dead letters, however large: it is work of which only so much is done at once. */
    private void settleThrough(long last, Settlement settlement, Runnable done) {
        boolean isFew = window.count() <= FEW || last - window.oldestTag() <= FEW;
        if (isFew && (settlement == Settlement.ACCEPT || window.count() <= 1)) {
            window.takeThrough(last, settlement, settleNow);
            wakeSettled();
            done.run();
            return;
        }
        work.run(budget -> settleSome(last, settlement, budget), () -> {
            wakeSettled();
            done.run();
        });
    }

    private boolean settleSome(long last, Settlement settlement, TurnBudget budget) {
        boolean over = window.takeSome(last, settlement, settleNow, budget);
        countWindow();
        return over;
    }

    private static FaultException unknownTag(long tag) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
    }

    /** Lets go of everything unsettled, oldest first, so that each message finds its old place. */
    void requeueAll(Runnable done) {
        settleThrough(lastDeliveryTag, Settlement.RELEASE, done);
    }

    /** Settles a delivery that is out of the window. {@link #wakeSettled} has to follow. */
    void settleNow(long tag, long place, long mark, Holder holder, Settlement settlement) {
        if (holder.isConsumer()) {
            consumed--;
        }
        if (holder.settled()) {
            toWake.add(holder);
        }
        link.settle(holder.source(), place, mark, settlement);
    }

    /** Has what follows, up to {@link #writeSettled}, stand in the log as one. */
    void together(int bytes) {
        link.together(bytes);
    }

    /** Has what was settled with {@link #settleNow} written at once, so that answers wait for it. */
    void writeSettled() {
        link.writeSettlements();
    }

    /** Deliveries that are not settled and that no transaction holds back. */
    int windowCount() {
        return window.count();
    }

    /** Puts settlements that a transaction held back where they came from. */
    void putBack(UnsettledWindow held) {
        window.putBack(held);
        countWindow();
    }

    // Timeouts.

    /** There will be deliveries to be settled, of which consumer or queue say that they may take this long. */
    void expectSettling(long saidMillis) {
        timeout.expect(saidMillis);
        events.settlesWithin(timeout.shortestMillis());
    }

    /** The shortest timeout that is to be watched; {@link SettleTimeout#NONE} if there is nothing to settle. */
    long timeoutMillis() {
        return consumers.isEmpty() && window.count() == 0 ? SettleTimeout.NONE : timeout.shortestMillis();
    }

    /** The timeout that is over for a delivery; {@link SettleTimeout#NONE} if all are in time. */
    long overdueMillis(long nowMillis) {
        return timeout.look(window, lastDeliveryTag, nowMillis);
    }

    /** A delivery was not settled in time, and the channel ends: its consumers let go of what they have. */
    void tookTooLong() {
        settleThrough(lastDeliveryTag, Settlement.RELEASE, () -> {});
    }

    // Waking.

    /** Wakes those whose limit has room again. */
    void wakeSettled() {
        countWindow();
        for (int i = 0; i < toWake.size(); i++) {
            toWake.get(i).wake();
        }
        toWake.clear();
        if (channelPrefetch != 0 || isRelieved()) {
            full = false;
            wakeStalled();
        }
    }

    /** Whether consumers waited for settlements, and there were so many that it is worth to go on. */
    private boolean isRelieved() {
        return full && Math.max(consumed, window.count()) <= unsettledMax - 1 - unsettledMax / RELIEF_DIVISOR;
    }

    /** A consumer is passed over because of what holds for all. */
    void passOver(Consumer consumer) {
        passedOver.add(consumer);
    }

    /**
     * Wakes those who were passed over, whoever waits longest first: as many as there is credit for, and when they have
     * left some of it the next.
     */
    void wakeStalled() {
        wakeStalled(1);
    }

    /**
     * Of more than there is credit for, whoever is served first would wait again before those that come too late, and be
     * first the next time, too.
     */
    private void wakeStalled(int countMin) {
        for (int left = Math.max(countMin, Math.min(credit(), FEW)); left > 0 && !released; left--) {
            Consumer first = passedOver.poll();
            if (first == null) {
                return;
            }
            first.unlist();
            if (first.isStalled()) {
                first.wake();
            }
        }
        if (!passedOver.isEmpty() && hasCredit() && !wakesLater) {
            wakesLater = true;
            events.later(this::wakeMore);
        }
    }

    private void wakeMore() {
        wakesLater = false;
        if (hasCredit()) {
            wakeStalled(WAKES);
        }
    }

    /** Nothing is delivered any more. {@link #release} has to follow. */
    void stop() {
        released = true;
    }

    /** Gives everything back, and then does {@code done}. */
    void release(Runnable done) {
        stop();
        work.run(this::release, done);
    }

    /**
     * Gives back what there is, until the budget is spent; whether that is all. Deliveries are requeued before the
     * subscriptions end, so that the next active consumer of a queue finds them in their old places; none comes back here,
     * because there is no credit any more.
     */
    boolean release(TurnBudget budget) {
        if (!settleSome(Long.MAX_VALUE, Settlement.REQUEUE, budget)) {
            return false;
        }
        link.holdUnsettled(-windowBytes);
        windowBytes = 0;
        toWake.clear();
        while (!consumers.isEmpty()) {
            if (budget.isSpent()) {
                return false;
            }
            Iterator<Consumer> first = consumers.values().iterator();
            Consumer consumer = first.next();
            first.remove();
            consumer.cancel();
            budget.spend(TurnBudget.REMOVAL);
        }
        passedOver.clear();
        closeReplyConsumer();
        return true;
    }
}
