package io.ferrymq.amqp091;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.DeliverySource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages that a channel asks for one at a time, and has those of one source until they are settled.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Fetched implements DeliverySink, Holder {
    /** What one takes on the heap. */
    private static final int BYTES = 40;

    private final Channel channel;
    private final DeliveryWriter writer;
    private @Nullable DeliverySource source;
    private int unsettled;

    Fetched(Channel channel, DeliveryWriter writer) {
        this.channel = channel;
        this.writer = writer;
    }

    @Override
    public boolean hasCredit() {
        return true;
    }

    @Override
    public void deliver(Delivery delivery) {
        long tag = channel.consumption().nextDeliveryTag();
        DeliverySource from = delivery.source();
        if (from != null) {
            Fetched holder = channel.holderFor(this, from);
            holder.took();
            channel.consumption().unsettled(tag, delivery, holder);
            channel.consumption().expectSettling(from.timeoutMillis());
        }
        writer.getOk(channel.number(), tag, delivery);
    }

    /** This one, if it has nothing of another source; else one that has not. */
    @SuppressWarnings("ReferenceEquality") // A source is itself alone.
    Fetched of(DeliverySource from) {
        Fetched holder = source == null || source == from ? this : new Fetched(channel, writer);
        holder.source = from;
        return holder;
    }

    private void took() {
        if (unsettled++ == 0) {
            channel.consumption().hold(BYTES);
        }
    }

    @Override
    public boolean settled() {
        if (--unsettled == 0) {
            channel.consumption().hold(-BYTES);
        }
        return false;
    }

    @Override
    public DeliverySource source() {
        return Objects.requireNonNull(source);
    }

    @Override
    public long timeoutMillis() {
        return source().timeoutMillis();
    }

    @Override
    public void cancelled() {
        // A fetch is over when it returns.
    }
}
