package io.ferrymq.broker.queue;

import io.ferrymq.broker.Unsettled;

/** A message that was handed out: at a consumer, or back, and resting or waiting for the next one. */
final class InFlight implements Unsettled {
    final Queue queue;
    final int level;
    final Entry entry = new Entry();
    int failedDeliveries;
    boolean atConsumer;
    /** When it is handed out again at the earliest, while it rests. */
    long restsUntilMillis;

    InFlight(Queue queue, int level) {
        this.queue = queue;
        this.level = level;
    }

    long ordinal() {
        return entry.ordinal;
    }

    /** When something happens to it while it rests: its rest is over, or it is too old. */
    long wakesAtMillis() {
        return Math.min(restsUntilMillis, entry.expiresAtMillis);
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
