package io.ferrymq.broker.queue;

import io.ferrymq.broker.DeliverySink;
import io.ferrymq.broker.TurnBudget;
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
    /** Messages handed out, or dropped, in one go, so that other queues have theirs. */
    private static final int MESSAGES_MAX = 128;

    /** How often that much is done before a fetch looks at what one burst has put above the bound. */
    private static final int LOOK_ROUNDS_MAX = 32;

    /** So many messages that cannot be buried now may be out of the way of others. */
    private static final int PUT_BY_MAX = 1 << 17;

    private static final int LOOK_UNITS = 50_000;

    /** What a fetch buries of what is left then before it has to wait. */
    private static final int FETCH_UNITS = 5_000;

    private final Queue queue;
    private final QueueSource source;
    private final QueueContext context;
    private final Content content;
    private final Consumers consumers;
    private final boolean dropsHead;
    private final boolean celery;
    private final Head head = new Head();
    private final Head surplus = new Head();
    private final QueueDelivery delivery = new QueueDelivery();
    private final TurnBudget budget;
    private boolean asked;
    private boolean askedWhenDurable;
    private boolean askedWhenWritten;
    private int holds;
    /** Whether the last messages came from the disk, so that the next may have to. */
    private boolean onDisk;
    /** The first message, if it was looked at and is no revoked task; 0 if it was not. */
    private long notRevoked;

    Pump(
            Queue queue,
            QueueSource source,
            QueueTerms terms,
            QueueContext context,
            Content content,
            Consumers consumers) {
        this.queue = queue;
        this.source = source;
        this.context = context;
        this.content = content;
        this.consumers = consumers;
        this.budget = context.turnBudget();
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

    /** Has the queue pumped once the log has written so much that more may be buried. */
    private void askWhenWritten() {
        if (!askedWhenWritten) {
            askedWhenWritten = true;
            context.pumpWhenWritten(queue);
        }
    }

    void run() {
        run(!onDisk);
    }

    /** It is this queue's turn to read from the disk. */
    void runFromDisk() {
        run(true);
    }

    private void run(boolean mayRead) {
        asked = false;
        askedWhenWritten = false;
        var _ = settleDown(mayRead);
    }

    void durableNow() {
        askedWhenDurable = false;
        ask();
    }

    void hold() {
        holds++;
    }

    void letGo() {
        holds--;
        ask();
    }

    /** The queue is gone. */
    void stop() {
        head.clear();
        surplus.clear();
    }

    /**
     * False if there is more to hand out, but not in this go.
     *
     * @param mayRead whether the first message may be read from the disk
     */
    private boolean deliverAll(boolean mayRead) {
        for (int left = MESSAGES_MAX; !queue.isGone() && content.peek(head); left--) {
            if (!content.isDurableYet(head.entry())) {
                askWhenDurable();
                return true;
            }
            boolean first = left == MESSAGES_MAX;
            if (!first && (left == 0 || budget.isSpent())) {
                ask();
                return false;
            }
            if (onDisk && !(first && mayRead) && !context.isAtHand(head.entry().sequence)) {
                askFromDisk();
                return false;
            }
            if (!deliverOrBuryCounted()) {
                if (askedWhenWritten) {
                    return true;
                }
                content.passOver();
                return true;
            }
        }
        onDisk = false;
        return true;
    }

    private void askFromDisk() {
        if (!asked) {
            asked = true;
            context.pumpFromDisk(queue, head.entry().sequence);
        }
    }

    private boolean deliverOrBuryCounted() {
        long before = context.bytesRead();
        boolean done = deliverOrBury();
        long read = context.bytesRead() - before;
        onDisk |= read > 0;
        budget.spend(TurnBudget.DELIVERY + TurnBudget.ofBytes(read + head.entry().bodyBytes));
        return done;
    }

    /** Does something with the first message; false if it has to wait. */
    private boolean deliverOrBury() {
        if (isRevoked()) {
            return buryExpiredHead();
        }
        boolean expired = content.hasExpired(head.entry());
        Consumer consumer = expired && !content.isUnasked(head) ? null : consumers.next();
        if (consumer != null) {
            deliver(consumer);
            return true;
        }
        return expired && buryExpiredHead();
    }

    /** Buries the first message; false if it has to wait until the log has written more. */
    private boolean buryExpiredHead() {
        boolean somebodyWaits = !consumers.isEmpty();
        if ((somebodyWaits || content.mayBury()) && buryOrPutBy()) {
            return true;
        }
        askWhenWritten();
        return false;
    }

    /** Buries the first message, or gets it out of the way of others that have to be handed out first. */
    private boolean buryOrPutBy() {
        if (content.mayBury()) {
            content.buryHead(head, Death.Reason.EXPIRED);
            return true;
        }
        boolean puts = context.isStuck() && content.restingCount() < PUT_BY_MAX;
        if (puts) {
            content.putBy(head);
        }
        return puts;
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
                settled ? null : source,
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
        settleDown();
        long before = budget.left();
        budget.begin(FETCH_UNITS);
        boolean found = fetchFirstAlive(settled, sink);
        budget.begin(before);
        return found;
    }

    private boolean fetchFirstAlive(boolean settled, DeliverySink sink) {
        while (buryDead() && content.peek(head) && content.isDurableYet(head.entry())) {
            long read = context.bytesRead();
            boolean handed = hand(sink, settled);
            budget.spend(TurnBudget.DELIVERY + TurnBudget.ofBytes(context.bytesRead() - read + head.entry().bodyBytes));
            if (handed) {
                return true;
            }
        }
        return false;
    }

    /** Takes away the messages before the first that somebody may get, as many as the budget allows; whether that is all. */
    boolean buryDead() {
        while (isHeadDead()) {
            if (budget.isSpent() || !buryOrPutBy()) {
                return false;
            }
            budget.spend(TurnBudget.SETTLEMENT);
        }
        return true;
    }

    /** Whether the first message has expired, or is a revoked task, and has not been buried yet. */
    boolean isHeadDead() {
        return !queue.isGone()
                && content.peek(head)
                && content.isDurableYet(head.entry())
                && (content.hasExpired(head.entry()) || isRevoked());
    }

    /** The sequence of the first ready message, 0 if there is none. */
    long headSequence() {
        return content.peek(head) ? head.entry().sequence : 0;
    }

    /**
     * Does before somebody looks at the queue what the end of the turn would do: what consumers take and what the bound
     * does not hold is not there any more, as with a broker that does each at once. If that is much, the rest is done in
     * another turn.
     */
    void settleDown() {
        long before = budget.left();
        budget.begin(LOOK_UNITS);
        for (int rounds = LOOK_ROUNDS_MAX; rounds > 0 && !settleDown(true); rounds--) {
            // There is more to hand out or to drop than is done in one go.
        }
        budget.begin(before);
    }

    private boolean settleDown(boolean mayRead) {
        return holds > 0 || (deliverAll(mayRead) && keepBound());
    }

    /** Drops what the bound does not hold; false if there is more of it, but not in this go. */
    boolean keepBound() {
        for (int left = MESSAGES_MAX;
                dropsHead && !queue.isGone() && content.isOverBound() && content.peek(surplus);
                left--) {
            if (!content.isDurableYet(surplus.entry())) {
                askWhenDurable();
                return true;
            }
            boolean first = left == MESSAGES_MAX;
            if (!first && (left == 0 || budget.isSpent())) {
                ask();
                return false;
            }
            if (!content.mayBury()) {
                askWhenWritten();
                return true;
            }
            content.buryHead(surplus, Death.Reason.MAXLEN);
            budget.spend(TurnBudget.SETTLEMENT);
        }
        return true;
    }
}
