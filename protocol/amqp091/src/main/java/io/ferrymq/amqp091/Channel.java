package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.Publication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one open channel (clause 1.5 of the reference): what it consumes, what is unsettled, what is unconfirmed,
 * which prefetch holds. Methods that change it come through the handlers of their class.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>Small while it is idle: the parts that few channels need are made when they are needed.
 */
final class Channel {
    private final int number;
    private final Link link;
    private final OutboundBuffer out;
    private final DeliveryWriter writer;
    private final ContentAssembly content;
    private final UnsettledWindow window = new UnsettledWindow();
    private final Map<String, Consumer> consumers = new LinkedHashMap<>(4);
    private final UnsettledWindow.Taker settleNow = this::settleNow;
    private final List<Consumer> toWake = new ArrayList<>(0);
    private final ChannelEvents events;
    private String lastQueue = "";
    private long lastDeliveryTag;
    private int consumerPrefetch;
    private int channelPrefetch;
    private int consumed;
    private int wakeTurn;
    private boolean closing;
    private @Nullable Confirms confirms;
    private @Nullable Transaction transaction;
    private @Nullable ReplyConsumer replyConsumer;

    Channel(int number, Peer peer, DeliveryWriter writer, ContentAssembly content, ChannelEvents events) {
        this.number = number;
        this.link = peer.link();
        this.out = peer.out();
        this.writer = writer;
        this.content = content;
        this.events = events;
    }

    int number() {
        return number;
    }

    DeliveryWriter writer() {
        return writer;
    }

    /** The message that is being received. */
    ContentAssembly content() {
        return content;
    }

    /** Whether {@code channel.close} is sent, so that everything but closing methods is discarded. */
    boolean isClosing() {
        return closing;
    }

    void declaredQueue(String name) {
        lastQueue = name;
    }

    /** The queue that a method means by {@code name}. */
    String queueNamed(String name) {
        String queue = name.isEmpty() ? lastQueue : Names.clean(name);
        if (queue.isEmpty()) {
            throw new FaultException(ReplyCode.NOT_FOUND, "no previously declared queue");
        }
        return queue;
    }

    // Consuming.

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

    boolean hasConsumer(String tag) {
        return consumers.containsKey(tag) || isReplyConsumer(tag);
    }

    void add(Consumer consumer) {
        consumers.put(consumer.tag(), consumer);
    }

    /** Ends a consumer; nothing happens if there is none of that tag. */
    void cancelConsumer(String tag) {
        if (isReplyConsumer(tag)) {
            closeReplyConsumer();
        }
        Consumer consumer = consumers.remove(tag);
        if (consumer != null) {
            consumer.cancel();
        }
    }

    /** A consumer's queue is gone. */
    void consumerCancelled(Consumer consumer) {
        consumers.remove(consumer.tag());
        events.consumerCancelled(this, consumer.tag());
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

    /** Whether any consumer of this channel may get one more message. */
    boolean hasCredit() {
        if (closing || (channelPrefetch != 0 && consumed >= channelPrefetch)) {
            return false;
        }
        boolean hasRoom = out.hasRoom();
        if (!hasRoom) {
            events.starved();
        }
        return hasRoom;
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

    // Settling.

    /** Settles one delivery. */
    void settleOne(long tag, Settlement settlement) {
        if (!window.takeOne(tag, settlement, taker())) {
            throw unknownTag(tag);
        }
        wakeSettled();
    }

    /** Settles all deliveries up to {@code tag}, or all there are if it is 0. */
    void settleUpTo(long tag, Settlement settlement) {
        if (tag == 0) {
            window.takeAll(settlement, taker());
        } else if (!window.takeUpTo(tag, settlement, taker())) {
            throw unknownTag(tag);
        }
        wakeSettled();
    }

    private static FaultException unknownTag(long tag) {
        return new FaultException(ReplyCode.PRECONDITION_FAILED, "unknown delivery tag " + Long.toUnsignedString(tag));
    }

    private UnsettledWindow.Taker taker() {
        return transaction == null ? settleNow : transaction;
    }

    /** Gives everything unsettled back to its queues, oldest first, so that each finds its old place. */
    void recover() {
        window.takeAll(Settlement.REQUEUE, settleNow);
        wakeSettled();
    }

    /** Settles what a transaction has held back. */
    void settleNow(long tag, Unsettled delivery, @Nullable Consumer consumer, Settlement settlement) {
        if (consumer != null) {
            consumed--;
            if (consumer.settled()) {
                toWake.add(consumer);
            }
        }
        link.settle(delivery, settlement);
    }

    UnsettledWindow window() {
        return window;
    }

    /** Wakes consumers whose own limit, or the channel's, has room again. */
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

    /** Wakes every consumer that was passed over; a different one is first each time. */
    void wakeStalled() {
        Consumer[] all = consumers.values().toArray(new Consumer[0]);
        wakeTurn = all.length == 0 ? 0 : (wakeTurn + 1) % all.length;
        for (int i = 0; i < all.length; i++) {
            Consumer consumer = all[(wakeTurn + i) % all.length];
            if (consumer.isStalled()) {
                consumer.wake();
            }
        }
    }

    // Publishing.

    @Nullable Confirms confirms() {
        return confirms;
    }

    @Nullable Transaction transaction() {
        return transaction;
    }

    /** Starts to confirm publishes; again has no effect. */
    void confirm() {
        if (transaction != null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "cannot switch from tx to confirm mode");
        }
        if (confirms == null) {
            confirms = new Confirms();
        }
    }

    /** Starts to hold back publishes and settlements; again has no effect. */
    void transact(Transaction fresh) {
        if (confirms != null) {
            throw new FaultException(ReplyCode.PRECONDITION_FAILED, "cannot switch from confirm to tx mode");
        }
        if (transaction == null) {
            transaction = fresh;
        }
    }

    /** The broker has decided on a message that was published here. */
    void published(Publication message) {
        Confirms current = confirms;
        if (current == null) {
            return;
        }
        if (current.isEmpty()) {
            events.confirming(this);
        }
        switch (message.outcome()) {
            case ACCEPTED, UNROUTED -> current.published(message.durableAt());
            case REJECTED -> current.rejected();
        }
    }

    // The end.

    /**
     * Gives everything back that the channel holds. Deliveries are requeued before the subscriptions end, so that the
     * next active consumer of a queue finds them in their old places; none comes back here, because there is no credit.
     */
    void release() {
        closing = true;
        content.reset();
        if (transaction != null) {
            transaction.rollback(this);
        }
        window.takeAll(Settlement.REQUEUE, settleNow);
        toWake.clear();
        for (Consumer consumer : List.copyOf(consumers.values())) {
            consumer.cancel();
        }
        consumers.clear();
        closeReplyConsumer();
    }
}
