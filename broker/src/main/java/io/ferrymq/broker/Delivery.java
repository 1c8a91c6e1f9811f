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

    /** What to settle later; null if delivering settled it. */
    @Nullable Unsettled unsettled();

    /** Messages ready in the queue after this one. */
    long messagesLeft();
}
