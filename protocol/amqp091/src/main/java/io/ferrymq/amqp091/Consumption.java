package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Unsettled;
import java.util.ArrayList;
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
 * the reason is gone: its own limit by a settlement of its own, the channel's by any settlement or by a new limit, and
 * unsent bytes by {@link Channels#wakeConsumers}.
 */
final class Consumption {
    private final Link link;
    private final OutboundBuffer out;
    private final ChannelEvents events;
    private final UnsettledWindow window = new UnsettledWindow();
    private final Map<String, Consumer> consumers = new LinkedHashMap<>(4);
    private final List<Consumer> toWake = new ArrayList<>(0);
    private final UnsettledWindow.Taker settleNow = this::settleNow;
    private final SettleTimeout timeout;
    private @Nullable ReplyConsumer replyConsumer;
    private long lastDeliveryTag;
    private int consumerPrefetch;
    private int channelPrefetch;
    private int consumed;
    private int wakeTurn;
    private boolean released;

    Consumption(Peer peer, ChannelEvents events) {
        this.link = peer.link();
        this.out = peer.out();
        this.events = events;
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
        Consumer consumer = consumers.remove(tag);
        if (consumer != null) {
            consumer.cancel();
        }
    }

    /** A consumer's queue is gone. */
    void forget(Consumer consumer) {
        consumers.remove(consumer.tag());
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
        boolean hasRoom = out.hasRoom();
        if (!hasRoom) {
            events.starved();
        }
        return hasRoom;
    }

    /** How many more messages all consumers of this channel may get. */
    int credit() {
        return channelPrefetch == 0 ? Integer.MAX_VALUE : Math.max(0, channelPrefetch - consumed);
    }

    long nextDeliveryTag() {
        return ++lastDeliveryTag;
    }

    /** Notes a delivery that has to be settled; {@code consumer} is null for {@code basic.get}. */
    void unsettled(long tag, Unsettled delivery, @Nullable Consumer consumer) {
        window.add(tag, delivery, consumer);
        if (consumer != null) {
            consumed++;
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
        UnsettledWindow.Taker taker = transaction == null ? settleNow : transaction;
        if (tag == 0) {
            window.takeAll(settlement, taker);
        } else if (!window.takeUpTo(tag, settlement, taker)) {
            throw unknownTag(tag);
        }
        wakeSettled();
    }

    private static FaultException unknownTag(long tag) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
    }

    /** Lets go of everything unsettled, oldest first, so that each message finds its old place. */
    void requeueAll() {
        window.takeAll(Settlement.RELEASE, settleNow);
        wakeSettled();
    }

    /** Settles a delivery that is out of the window. {@link #wakeSettled} has to follow. */
    void settleNow(long tag, Unsettled delivery, @Nullable Consumer consumer, Settlement settlement) {
        if (consumer != null) {
            consumed--;
            if (consumer.settled()) {
                toWake.add(consumer);
            }
        }
        link.settle(delivery, settlement);
    }

    /** Has what follows, up to {@link #writeSettled}, stand in the log as one. */
    void together(int bytes) {
        link.together(bytes);
    }

    /** Has what was settled with {@link #settleNow} written at once, so that answers wait for it. */
    void writeSettled() {
        link.writeSettlements();
    }

    /** Puts settlements that a transaction held back where they came from. */
    void putBack(long[] tags, Unsettled[] deliveries, @Nullable Consumer[] owners) {
        window.putBack(tags, deliveries, owners);
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
        window.takeAll(Settlement.RELEASE, settleNow);
    }

    // Waking.

    /** Wakes those whose limit has room again. */
    void wakeSettled() {
        if (channelPrefetch != 0) {
            toWake.clear();
            wakeStalled();
            return;
        }
        for (int i = 0; i < toWake.size(); i++) {
            toWake.get(i).wake();
        }
        toWake.clear();
    }

    /** Wakes everyone who was passed over; a different one is first each time. */
    void wakeStalled() {
        if (released || consumers.isEmpty()) {
            return;
        }
        Consumer[] all = consumers.values().toArray(new Consumer[0]);
        wakeTurn = (wakeTurn + 1) % all.length;
        for (int i = 0; i < all.length; i++) {
            Consumer consumer = all[(wakeTurn + i) % all.length];
            if (consumer.isStalled()) {
                consumer.wake();
            }
        }
    }

    /**
     * Gives everything back. Deliveries are requeued before the subscriptions end, so that the next active consumer of a
     * queue finds them in their old places; none comes back here, because there is no credit any more.
     */
    void release() {
        released = true;
        window.takeAll(Settlement.REQUEUE, settleNow);
        toWake.clear();
        for (Consumer consumer : List.copyOf(consumers.values())) {
            consumer.cancel();
        }
        consumers.clear();
        closeReplyConsumer();
    }
}
