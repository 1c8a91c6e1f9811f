package io.ferrymq.broker.queue;

import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.delivery.Consumer;
import io.ferrymq.broker.delivery.Consumers;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.StoredMessage;
import io.ferrymq.broker.topology.Overflow;
import io.ferrymq.log.DamagedRecordException;
import org.jspecify.annotations.Nullable;

/**
 * Hands the messages of one queue to its consumers, in order, and drops what the queue's bound does not hold. A message
 * that is not durable yet stops the pump, so that none overtakes it. Lane only.
 */
final class Pump {
    /** Messages handed out, or dropped, in one go, so that a long backlog does not hold up the lane. */
    private static final int MESSAGES_MAX = 512;

    /** How often that much is done before a fetch looks at what one burst has put above the bound. */
    private static final int LOOK_ROUNDS_MAX = 8;

    private final Queue queue;
    private final QueueContext context;
    private final Content content;
    private final Consumers consumers;
    private final boolean dropsHead;
    private final boolean celery;
    private final Head head = new Head();
    private final Head surplus = new Head();
    private final QueueDelivery delivery = new QueueDelivery();
    private boolean asked;
    private boolean askedWhenDurable;
    /** The first message, if it was looked at and is no revoked task; 0 if it was not. */
    private long notRevoked;

    Pump(Queue queue, QueueTerms terms, QueueContext context, Content content, Consumers consumers) {
        this.queue = queue;
        this.context = context;
        this.content = content;
        this.consumers = consumers;
        this.dropsHead = terms.overflow() == Overflow.DROP_HEAD;
        this.celery = terms.celery();
    }

    /** Has the queue pumped when the turn ends. */
    void ask() {
        if (!asked) {
            asked = true;
            context.pumpLater(queue);
        }
    }

    /** Has the queue pumped once what was written is durable. */
    void askWhenDurable() {
        if (!askedWhenDurable) {
            askedWhenDurable = true;
            context.pumpWhenDurable(queue);
        }
    }

    void run() {
        asked = false;
        var _ = settleDown();
    }

    void runDurable() {
        askedWhenDurable = false;
        run();
    }

    /** False if there is more to hand out, but not in this turn. */
    private boolean deliverAll() {
        for (int budget = MESSAGES_MAX; !queue.isGone() && content.peek(head); budget--) {
            if (!content.isDurableYet(head.entry())) {
                askWhenDurable();
                return true;
            }
            if (budget == 0) {
                ask();
                return false;
            }
            if (!deliverOrBury()) {
                content.passOver();
                return true;
            }
        }
        return true;
    }

    /** Does something with the first message; false if it has to wait. */
    private boolean deliverOrBury() {
        if (isRevoked()) {
            content.buryHead(head, Death.Reason.EXPIRED);
            return true;
        }
        boolean expired = content.hasExpired(head.entry());
        Consumer consumer = expired && !content.isUnasked(head) ? null : consumers.next();
        if (consumer != null) {
            deliver(consumer);
            return true;
        }
        if (expired) {
            content.buryHead(head, Death.Reason.EXPIRED);
        }
        return expired;
    }

    /**
     * Whether the first message is a task that shall not run. Dead letters of such tasks say that they expired: it is the
     * broker that ended them, so they do not go round in circles as those may that a consumer rejects.
     */
    private boolean isRevoked() {
        if (!celery || head.entry().sequence == notRevoked) {
            return false;
        }
        if (context.isRevoked(queue, head.entry().sequence)) {
            return true;
        }
        notRevoked = head.entry().sequence;
        return false;
    }

    /** What was not revoked may be now. */
    void lookAgainForRevoked() {
        notRevoked = 0;
    }

    private void deliver(Consumer consumer) {
        hand(consumer.sink(), consumer.settlesOnDelivery());
    }

    /** Hands out the first message; false if that cannot be read, and is not in the queue any more. */
    private boolean hand(DeliverySink sink, boolean settled) {
        StoredMessage message = readHead();
        if (message == null) {
            return false;
        }
        content.take(head);
        Entry entry = head.entry();
        delivery.set(
                message,
                head.mayHaveBeenDelivered(),
                content.failures(head),
                settled ? null : queue,
                InFlight.place(head.level().number, entry.ordinal),
                InFlight.mark(entry),
                content.readyCount());
        sink.deliver(delivery);
        if (settled) {
            content.forget(head.level().number, entry);
        }
        return true;
    }

    /** The first message; null if it cannot be read, and is set aside. */
    private @Nullable StoredMessage readHead() {
        try {
            return context.read(head.entry().sequence);
        } catch (DamagedRecordException e) {
            content.setAsideHead(head, e);
            return null;
        }
    }

    /** Hands the first ready message that no consumer takes to {@code sink}; false if there is none. */
    boolean fetch(boolean settled, DeliverySink sink) {
        for (int rounds = LOOK_ROUNDS_MAX; rounds > 0 && !settleDown(); rounds--) {
            // There is more to hand out or to drop than is done in one go.
        }
        while (content.peek(head) && content.isDurableYet(head.entry())) {
            if (!content.hasExpired(head.entry()) && !isRevoked()) {
                if (hand(sink, settled)) {
                    return true;
                }
            } else {
                content.buryHead(head, Death.Reason.EXPIRED);
            }
        }
        return false;
    }

    /**
     * Does before somebody looks at the queue what the end of the turn would do: what consumers take and what the bound
     * does not hold is not there any more, as with a broker that does each at once. False if there is more to do, which
     * will be done in another turn.
     */
    boolean settleDown() {
        return deliverAll() && keepBound();
    }

    /** Drops what the bound does not hold; false if there is more of it, but not in this turn. */
    boolean keepBound() {
        for (int budget = MESSAGES_MAX;
                dropsHead && !queue.isGone() && content.isOverBound() && content.peek(surplus);
                budget--) {
            if (!content.isDurableYet(surplus.entry())) {
                askWhenDurable();
                return true;
            }
            if (budget == 0) {
                ask();
                return false;
            }
            content.buryHead(surplus, Death.Reason.MAXLEN);
        }
        return true;
    }

    /** Forgets all ready messages; returns how many. */
    long purge() {
        long purged = 0;
        while (content.peek(head)) {
            content.take(head);
            content.forget(head.level().number, head.entry());
            purged++;
        }
        return purged;
    }
}
