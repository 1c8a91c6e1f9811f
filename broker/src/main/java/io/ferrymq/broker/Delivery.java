package io.ferrymq.broker;

import io.ferrymq.broker.message.MessageView;
import org.jspecify.annotations.Nullable;

/** One message for one consumer, valid during the call of {@link DeliverySink#deliver}. */
public interface Delivery {
    MessageView message();

    /** Whether it may have been delivered before. */
    boolean redelivered();

    /** How often a delivery failed before; shown by queues that count, -1 for others. */
    int failedDeliveries();

    /** Where to settle it later; null if delivering settled it. */
    @Nullable DeliverySource source();

    /** With {@link #mark} what the source knows the delivery by until it is settled. Nothing without a source. */
    default long place() {
        return 0;
    }

    /** See {@link #place}. */
    default long mark() {
        return 0;
    }

    /** What to settle later as an object; null if delivering settled it. */
    default @Nullable Unsettled unsettled() {
        DeliverySource source = source();
        return source == null ? null : new Unsettled(source, place(), mark());
    }

    /** Messages ready in the queue after this one. */
    long messagesLeft();
}
