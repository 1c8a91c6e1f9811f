package io.ferrymq.broker.queue;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.Unsettled;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/** The one delivery that a queue shows its consumers, refilled for each message. */
final class QueueDelivery implements Delivery {
    private MessageView message = new StoredMessage();
    private boolean redelivered;
    private int failedDeliveries;
    private @Nullable Unsettled unsettled;
    private long messagesLeft;

    void set(
            MessageView message,
            boolean redelivered,
            int failedDeliveries,
            @Nullable Unsettled unsettled,
            long messagesLeft) {
        this.message = message;
        this.redelivered = redelivered;
        this.failedDeliveries = failedDeliveries;
        this.unsettled = unsettled;
        this.messagesLeft = messagesLeft;
    }

    @Override
    public MessageView message() {
        return message;
    }

    @Override
    public boolean redelivered() {
        return redelivered;
    }

    @Override
    public int failedDeliveries() {
        return failedDeliveries;
    }

    @Override
    public @Nullable Unsettled unsettled() {
        return unsettled;
    }

    @Override
    public long messagesLeft() {
        return messagesLeft;
    }
}
