package io.ferrymq.broker.queue;

import io.ferrymq.broker.Delivery;
import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.message.MessageView;
import io.ferrymq.broker.message.StoredMessage;
import org.jspecify.annotations.Nullable;

/** The one delivery that a queue shows its consumers, refilled for each message. */
final class QueueDelivery implements Delivery {
    private MessageView message = new StoredMessage();
    private boolean redelivered;
    private int failedDeliveries;
    private @Nullable DeliverySource source;
    private long place;
    private long mark;
    private long messagesLeft;

    void set(
            MessageView message,
            boolean redelivered,
            int failedDeliveries,
            @Nullable DeliverySource source,
            long place,
            long mark,
            long messagesLeft) {
        this.message = message;
        this.redelivered = redelivered;
        this.failedDeliveries = failedDeliveries;
        this.source = source;
        this.place = place;
        this.mark = mark;
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
    public @Nullable DeliverySource source() {
        return source;
    }

    @Override
    public long place() {
        return place;
    }

    @Override
    public long mark() {
        return mark;
    }

    @Override
    public long messagesLeft() {
        return messagesLeft;
    }
}
