package io.ferrymq.broker.queue;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.message.Death;

/**
 * What time does to one queue: messages expire at the head of their level, those that rest come back, and an unused queue
 * goes. Lane only.
 */
final class Clock {
    /** Messages buried or woken in one go, so that a long backlog does not hold up the lane. */
    private static final int MESSAGES_MAX = 512;

    /** What is due and cannot be buried yet is looked at again after this time. */
    private static final long RELIEF_MILLIS = 5;

    /** So many levels are looked at in about 100 ns. */
    private static final int LEVELS_PER_UNIT_SHIFT = 2;

    private final Queue queue;
    private final QueueTerms terms;
    private final QueueContext context;
    private final Content content;
    private final Consumers consumers;
    private final Head head = new Head();
    private long lastUsedMillis;
    private long wakeAtMillis = QueueContext.NO_TIME;

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
        if (terms.expiresMillis() != QueueTerms.NONE && !queue.isGone()) {
            lastUsedMillis = context.nowMillis();
            watch();
        }
    }

    /** Asks to be woken for whatever is due first; a queue that is gone never is. */
    void watch() {
        if (queue.isGone()) {
            return;
        }
        long dueMillis = Math.min(unusedUntilMillis(), content.firstWakesAtMillis());
        if (content.mayExpire()) {
            dueMillis = Math.min(dueMillis, firstExpiresAtMillis());
        }
        if (dueMillis <= context.nowMillis() && !content.mayBury()) {
            dueMillis = context.nowMillis() + RELIEF_MILLIS;
        }
        if (dueMillis < wakeAtMillis) {
            wakeAt(dueMillis);
        }
    }

    /** When the first message of a level expires. */
    private long firstExpiresAtMillis() {
        long firstMillis = QueueContext.NO_TIME;
        int looked = 0;
        for (int level = content.highestReadyLevel(); level >= 0; level = content.readyLevelBelow(level)) {
            if (content.peek(level, head) && !content.isUnasked(head)) {
                firstMillis = Math.min(firstMillis, head.entry().expiresAtMillis);
            }
            looked++;
        }
        context.turnBudget().spend(looked >> LEVELS_PER_UNIT_SHIFT);
        return firstMillis;
    }

    private void wakeAt(long atMillis) {
        context.wakeAt(queue, wakeAtMillis, atMillis);
        wakeAtMillis = atMillis;
    }

    /** The queue is gone. */
    void stop() {
        wakeAt(QueueContext.NO_TIME);
        head.clear();
    }

    private long unusedUntilMillis() {
        return terms.expiresMillis() != QueueTerms.NONE && consumers.isEmpty()
                ? lastUsedMillis + terms.expiresMillis()
                : QueueContext.NO_TIME;
    }

    /**
     * The time that was asked for has come, or passed. What is left for another turn is due at once. Returns whether rests
     * have ended.
     */
    boolean ring() {
        wakeAtMillis = QueueContext.NO_TIME;
        if (unusedUntilMillis() <= context.nowMillis()) {
            context.deleteSelf(queue);
            return false;
        }
        int woken = wake(MESSAGES_MAX);
        buryExpired(MESSAGES_MAX - woken);
        watch();
        return woken > 0;
    }

    private int wake(int most) {
        int woken = 0;
        while (woken < most
                && !context.turnBudget().isSpent()
                && content.firstWakesAtMillis() <= context.nowMillis()
                && content.mayBury()) {
            content.wakeFirst();
            context.turnBudget().spend(TurnBudget.SETTLEMENT);
            woken++;
        }
        return woken;
    }

    private void buryExpired(int most) {
        int left = content.mayExpire() ? most : 0;
        for (int level = content.highestReadyLevel(); level >= 0; level = content.readyLevelBelow(level)) {
            while (left > 0 && !context.turnBudget().isSpent() && content.peek(level, head) && mayBury()) {
                content.buryHead(head, Death.Reason.EXPIRED);
                context.turnBudget().spend(TurnBudget.SETTLEMENT);
                left--;
            }
        }
    }

    private boolean mayBury() {
        return content.hasExpired(head.entry())
                && content.isDurableYet(head.entry())
                && !content.isUnasked(head)
                && content.mayBury();
    }
}
