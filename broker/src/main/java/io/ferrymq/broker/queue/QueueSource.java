package io.ferrymq.broker.queue;

import io.ferrymq.broker.DeliverySource;
import io.ferrymq.broker.delivery.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A queue as its deliveries and consumers know it. They may be kept for long after it has gone; then this leads nowhere,
 * so that nothing of the queue stays in memory with them. Lane only.
 */
public final class QueueSource implements DeliverySource, Consumer.Source {
    private final long timeoutMillis;
    private @Nullable Queue queue;

    QueueSource(Queue queue, long timeoutMillis) {
        this.queue = queue;
        this.timeoutMillis = timeoutMillis;
    }

    /** The queue; null if it is gone. */
    public @Nullable Queue queue() {
        return queue;
    }

    /** The queue is gone. */
    void queueGone() {
        queue = null;
    }

    @Override
    public long timeoutMillis() {
        return timeoutMillis;
    }

    @Override
    public void resumed(Consumer consumer) {
        Queue existing = queue;
        if (existing != null) {
            existing.resumed(consumer);
        }
    }

    @Override
    public void cancelled(Consumer consumer) {
        Queue existing = queue;
        if (existing != null) {
            existing.cancelled(consumer);
        }
    }
}
