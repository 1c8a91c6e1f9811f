package io.ferrymq.amqp091;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.Subscription;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of a channel (clause 1.8.3.3 of the reference): its prefetch window and the sink of its subscription.
 *
 * <p>Thread contract: the connection's lane, which is the queue's.
 */
final class Consumer implements DeliverySink, Holder {
    private final Channel channel;
    private final Consumption consumption;
    private final DeliveryWriter writer;
    private final String tag;
    private final byte[] tagBytes;
    private final int prefetch;
    private @Nullable Subscription subscription;
    private @Nullable DeliverySource source;
    private long timeoutMillis = DeliverySource.NO_TIMEOUT;
    private int unsettled;
    private boolean stalled;
    /** It is not its own limit that it waits for: {@link Consumption#wakeStalled} wakes it. */
    private boolean waitsForChannel;

    /** Whether {@link Consumption#passOver} knows of it. */
    private boolean listed;

    /** {@code prefetch} is how many deliveries may be unsettled, 0 for any number. */
    Consumer(Channel channel, DeliveryWriter writer, String tag, int prefetch) {
        this.channel = channel;
        this.consumption = channel.consumption();
        this.writer = writer;
        this.tag = tag;
        this.tagBytes = tag.getBytes(StandardCharsets.UTF_8);
        this.prefetch = prefetch;
    }

    String tag() {
        return tag;
    }

    void subscribed(Subscription started) {
        subscription = started;
        timeoutMillis = started.timeoutMillis();
    }

    @Override
    public DeliverySource source() {
        return Objects.requireNonNull(source);
    }

    @Override
    public boolean isConsumer() {
        return true;
    }

    @Override
    public long timeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public boolean hasCredit() {
        boolean below = isBelowPrefetch();
        boolean has = below && consumption.hasCredit();
        stalled = !has;
        waitsForChannel = below && !has;
        if (waitsForChannel && !listed) {
            listed = true;
            consumption.passOver(this);
        }
        return has;
    }

    @Override
    public int credit() {
        if (!hasCredit()) {
            return 0;
        }
        int own = prefetch == 0 ? Integer.MAX_VALUE : prefetch - unsettled;
        return Math.min(own, consumption.credit());
    }

    private boolean isBelowPrefetch() {
        return prefetch == 0 || unsettled < prefetch;
    }

    @Override
    public void deliver(Delivery delivery) {
        long deliveryTag = consumption.nextDeliveryTag();
        DeliverySource from = delivery.source();
        if (from != null) {
            source = from;
            unsettled++;
            consumption.unsettled(deliveryTag, delivery, this);
        }
        writer.deliver(channel.number(), tagBytes, deliveryTag, delivery);
    }

    @Override
    public void cancelled() {
        subscription = null;
        channel.consumerCancelled(this);
    }

    @Override
    public boolean settled() {
        unsettled--;
        return stalled && !waitsForChannel && isBelowPrefetch();
    }

    /** Whether the queue passes this consumer over until {@link #wake}. */
    boolean isStalled() {
        return stalled;
    }

    void unlist() {
        listed = false;
    }

    @Override
    public void wake() {
        stalled = false;
        Subscription current = subscription;
        if (current != null) {
            current.resume();
        }
    }

    /** Ends the subscription, unless its queue has ended it. */
    void cancel() {
        Subscription current = subscription;
        if (current != null) {
            subscription = null;
            current.cancel();
        }
    }
}
