package io.ferrymq.broker.queue;

import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.message.Death;

/** What time does to one queue: messages expire at the head of their level, and an unused queue goes. Lane only. */
final class Clock {
    private final Queue queue;
    private final QueueTerms terms;
    private final QueueContext context;
    private final Content content;
    private final Consumers consumers;
    private final Head head = new Head();
    private long lastUsedMillis;
    private long wakeAtMillis = Long.MAX_VALUE;

    Clock(Queue queue, QueueTerms terms, QueueContext context, Content content, Consumers consumers) {
        this.queue = queue;
        this.terms = terms;
        this.context = context;
        this.content = content;
        this.consumers = consumers;
        this.lastUsedMillis = context.nowMillis();
    }

    /** Something looked at the queue: its own expiry starts anew. */
    void touch() {
        if (terms.expiresMillis() != QueueTerms.NONE) {
            lastUsedMillis = context.nowMillis();
            watch();
        }
    }

    /** Asks to be woken for whatever is due first. */
    void watch() {
        long dueMillis = unusedUntilMillis();
        for (int level = 0; level < content.levelCount(); level++) {
            if (content.peek(level, head)) {
                dueMillis = Math.min(dueMillis, head.entry().expiresAtMillis);
            }
        }
        if (dueMillis < wakeAtMillis) {
            wakeAtMillis = dueMillis;
            context.wakeAt(queue, dueMillis);
        }
    }

    private long unusedUntilMillis() {
        return terms.expiresMillis() != QueueTerms.NONE && consumers.isEmpty()
                ? lastUsedMillis + terms.expiresMillis()
                : Long.MAX_VALUE;
    }

    /** The time that was asked for has come, or passed. */
    void ring() {
        wakeAtMillis = Long.MAX_VALUE;
        if (unusedUntilMillis() <= context.nowMillis()) {
            context.deleteSelf(queue);
            return;
        }
        for (int level = content.levelCount() - 1; level >= 0; level--) {
            while (content.peek(level, head)
                    && content.isDurableYet(head.entry())
                    && content.hasExpired(head.entry())) {
                content.buryHead(head, Death.Reason.EXPIRED);
            }
        }
        watch();
    }
}
