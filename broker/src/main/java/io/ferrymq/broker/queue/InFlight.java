package io.ferrymq.broker.queue;

import io.ferrymq.broker.Unsettled;

/** A message that was handed out: at a consumer, or back and waiting for the next one. */
final class InFlight implements Unsettled {
    final Queue queue;
    final int level;
    final Entry entry = new Entry();
    int failedDeliveries;
    boolean atConsumer;

    InFlight(Queue queue, int level) {
        this.queue = queue;
        this.level = level;
    }

    long ordinal() {
        return entry.ordinal;
    }

    @Override
    public long timeoutMillis() {
        return queue.terms().consumerTimeoutMillis();
    }

    @Override
    public int bodyBytes() {
        return entry.bodyBytes;
    }
}
