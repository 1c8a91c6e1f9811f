package io.ferrymq.broker.queue;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.Publication;
import io.ferrymq.log.DamagedRecordException;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * What one queue holds, and how a message leaves it: everything that is settled passes through {@link #forget}, which
 * keeps index, failure counts, log space and the next settle record in step. Lane only.
 */
final class Content {
    private final Queue queue;
    private final QueueTerms terms;
    private final QueueContext context;
    private Waiting waiting;
    private Settles settles;
    private Failures failures;
    private Resting resting;
    /** The message that is being settled; a slot that is used again. */
    private final Entry answered = new Entry();

    private long newestSequence;
    /** No consumer took the messages up to this one when they came. */
    private long passedOver;

    Content(Queue queue, QueueTerms terms, QueueContext context) {
        this.queue = queue;
        this.terms = terms;
        this.context = context;
        this.waiting = new Waiting(terms.precedence(), context::held, context.turnBudget());
        this.failures = new Failures(context::held);
        this.settles = new Settles(context::held);
        this.resting = new Resting(terms.delayedRetry(), context);
    }

    long readyCount() {
        return waiting.readyCount();
    }

    /** Messages at consumers. */
    long unsettledCount() {
        return waiting.takenCount() - resting.count();
    }

    long restingCount() {
        return resting.count();
    }

    long memoryBytes() {
        return waiting.memoryBytes() + failures.memoryBytes() + resting.memoryBytes() + settles.memoryBytes();
    }

    /** The highest level in which something is ready; negative if there is none. */
    int highestReadyLevel() {
        return waiting.highestReadyLevel();
    }

    /** The next lower level in which something is ready; negative if there is none. */
    int readyLevelBelow(int level) {
        return waiting.readyLevelBelow(level);
    }

    /** Whether a message here may expire. */
    boolean mayExpire() {
        return waiting.mayExpire();
    }

    // ---- in ----

    void append(
            long sequence,
            int bodyBytes,
            int priority,
            boolean durable,
            long publishedMillis,
            long expirationMillis,
            long taskExpiresMillis) {
        long expiresAtMillis = expiry(publishedMillis, expirationMillis);
        if (terms.celery() && taskExpiresMillis != Publication.NEVER) {
            expiresAtMillis = taskExpiry(publishedMillis, expiresAtMillis, taskExpiresMillis);
        }
        waiting.append(priority, sequence, bodyBytes, durable, expiresAtMillis);
        newestSequence = sequence;
    }

    private long expiry(long publishedMillis, long expirationMillis) {
        long ttlMillis = terms.messageTtlMillis();
        if (ttlMillis == QueueTerms.NONE || (expirationMillis != Publication.NEVER && expirationMillis < ttlMillis)) {
            ttlMillis = expirationMillis;
        }
        if (ttlMillis == Publication.NEVER) {
            return Entry.NEVER;
        }
        return ttlMillis == 0 ? Entry.AT_ONCE : publishedMillis + ttlMillis;
    }

    /** A task whose time was over when it came is for nobody, not even for a consumer who could take it at once. */
    private static long taskExpiry(long publishedMillis, long expiresAtMillis, long taskExpiresMillis) {
        if (expiresAtMillis == Entry.AT_ONCE) {
            return taskExpiresMillis <= publishedMillis ? taskExpiresMillis : Entry.AT_ONCE;
        }
        return Math.min(expiresAtMillis, taskExpiresMillis);
    }

    /** Whether one more message would be too much, when as many as {@code leaving} are about to be handed out. */
    boolean wouldBeOverBound(int bodyBytes, long leaving) {
        long staying = Math.max(0, waiting.readyCount() - leaving);
        long stayingBytes = staying == 0 ? 0 : waiting.readyBytes();
        return terms.isOverBound(staying + resting.count() + 1, stayingBytes + resting.bytes() + bodyBytes);
    }

    /** How many ready messages have to leave before one more is not too much; all there are if that is not about their number. */
    long leavingNeeded(int bodyBytes) {
        long ready = waiting.readyCount();
        boolean numberIsEnough = terms.maxLength() != QueueTerms.NONE
                && !terms.isOverBound(0, waiting.readyBytes() + resting.bytes() + bodyBytes);
        return numberIsEnough ? Math.min(ready, ready + resting.count() + 1 - terms.maxLength()) : ready;
    }

    /** What rests counts, since it comes back. */
    boolean isOverBound() {
        return terms.isOverBound(waiting.readyCount() + resting.count(), waiting.readyBytes() + resting.bytes());
    }

    // ---- the first ready message ----

    /** Shows the first ready message; false if there is none. */
    boolean peek(Head head) {
        return waiting.peek(head);
    }

    /** Shows the first ready message of one level; false if there is none. */
    boolean peek(int level, Head head) {
        return waiting.peek(level, head);
    }

    /** Takes what {@code peek} showed; it is neither ready nor settled now. */
    void take(Head head) {
        waiting.take(head);
    }

    boolean isDurableYet(Entry entry) {
        return !entry.durable || entry.sequence <= context.durableSequence();
    }

    boolean hasExpired(Entry entry) {
        return entry.expiresAtMillis != Entry.NEVER && entry.expiresAtMillis <= context.nowMillis();
    }

    /** All that is here has met no consumer who could take it. */
    void passOver() {
        passedOver = newestSequence;
    }

    /** Whether the first message expires unless a consumer takes it when it comes, and none was asked yet. */
    boolean isUnasked(Head head) {
        return head.entry().expiresAtMillis == Entry.AT_ONCE && !head.returned() && head.entry().sequence > passedOver;
    }

    /** How often the message failed; -1 if this queue does not count. */
    int failures(Head head) {
        if (!terms.countsFailures()) {
            return -1;
        }
        return failures.of(head.entry().sequence);
    }

    // ---- out ----

    /** A consumer has answered. Of the message only what {@link InFlight} tells is known here. */
    void settle(long place, long mark, Settlement settlement) {
        InFlight.show(place, mark, answered);
        int level = InFlight.level(place);
        switch (settlement) {
            case ACCEPT -> forget(level, answered);
            case REJECT -> bury(level, answered, Death.Reason.REJECTED);
            case REQUEUE, RELEASE -> giveBack(level, waiting.find(place), settlement);
        }
    }

    /** Whether a message that was handed out has neither been settled nor come back. Slow. */
    boolean isAtConsumer(long place) {
        return !waiting.isSettledOrReady(place) && !resting.has(place);
    }

    /** Puts a message back to its place, now or after a rest, or buries it if it has failed too often. */
    private void giveBack(int level, Entry entry, Settlement settlement) {
        context.turnBudget().spend(TurnBudget.SETTLEMENT);
        if (terms.countsFailures()) {
            int failed = failures.of(entry.sequence) + 1;
            if (terms.deliveryLimit() != QueueTerms.NONE && failed > terms.deliveryLimit()) {
                bury(level, answered, Death.Reason.DELIVERY_LIMIT);
                return;
            }
            failures.put(entry.sequence, failed);
            long restsUntilMillis = restsUntil(entry, failed, settlement);
            context.failureCounted(queue, level, entry.sequence, failed, restsUntilMillis);
            if (restsUntilMillis != QueueContext.NO_REST) {
                resting.add(level, entry, restsUntilMillis);
                return;
            }
        }
        waiting.giveBack(level, entry);
    }

    /** What is too old already does not rest before it is buried. */
    private long restsUntil(Entry entry, int failed, Settlement settlement) {
        return hasExpired(entry) ? QueueContext.NO_REST : resting.restsUntil(settlement, failed);
    }

    /** When something happens to a message that rests, or {@link QueueContext#NO_TIME}. */
    long firstWakesAtMillis() {
        return resting.firstWakesAtMillis();
    }

    /** Ends the first rest: the message takes its old place, or is buried if it has become too old. */
    void wakeFirst() {
        int level = InFlight.level(resting.firstPlace());
        answered.copyFrom(waiting.find(resting.firstPlace()));
        resting.removeFirst(answered.bodyBytes);
        if (hasExpired(answered)) {
            bury(level, answered, Death.Reason.EXPIRED);
        } else {
            waiting.giveBack(level, answered);
        }
    }

    long newestSequence() {
        return newestSequence;
    }

    /** Forgets the ready messages up to a sequence, as many as the budget allows; whether that is all. */
    boolean purgeReady(long upTo, TurnBudget budget) {
        Head head = new Head();
        for (int level = waiting.highestReadyLevel(); level >= 0; level = waiting.readyLevelBelow(level)) {
            while (waiting.peek(level, head) && head.entry().sequence <= upTo) {
                if (budget.isSpent()) {
                    return false;
                }
                take(head);
                forget(level, head.entry());
                budget.spend(TurnBudget.SETTLEMENT);
            }
        }
        return true;
    }

    /** Forgets what rests, as much as the budget allows; whether that is all. */
    boolean purgeResting(TurnBudget budget) {
        while (resting.count() > 0) {
            if (budget.isSpent()) {
                return false;
            }
            int level = InFlight.level(resting.firstPlace());
            answered.copyFrom(waiting.find(resting.firstPlace()));
            resting.removeFirst(answered.bodyBytes);
            forget(level, answered);
            budget.spend(TurnBudget.SETTLEMENT);
        }
        return true;
    }

    /** Whether a message may die now; {@link Death}s that write nothing always may. */
    boolean mayBury() {
        boolean writes = terms.deadLetterExchange() != null || terms.celery();
        return !writes || context.mayDeadLetter();
    }

    /** Lets the first ready message rest until it may be buried, so that those behind it can be handed out. */
    void putBy(Head head) {
        take(head);
        resting.add(head.level().number, head.entry(), context.nowMillis());
    }

    /** The first ready message dies. */
    void buryHead(Head head, Death.Reason reason) {
        take(head);
        bury(head.level().number, head.entry(), reason);
    }

    /** A taken message dies: it goes where the terms say, and is forgotten here. */
    void bury(int level, Entry entry, Death.Reason reason) {
        try {
            context.deadLetter(queue, entry.sequence, reason);
        } catch (DamagedRecordException e) {
            setAside(level, entry, e);
            return;
        }
        forget(level, entry);
    }

    /** The first ready message cannot be read. */
    void setAsideHead(Head head, DamagedRecordException damage) {
        take(head);
        setAside(head.level().number, head.entry(), damage);
    }

    /** A taken message cannot be read: it goes to the queue's error list, and is settled here. */
    private void setAside(int level, Entry entry, DamagedRecordException damage) {
        int bodyBytes = waiting.find(InFlight.place(level, entry.ordinal)).bodyBytes;
        context.setAside(queue, level, entry.sequence, bodyBytes, entry.durable, damage);
        forget(level, entry);
    }

    /** A taken message is settled. */
    void forget(int level, Entry entry) {
        waiting.settle(level, entry);
        failures.remove(entry.sequence);
        if (entry.durable && settles.add(level, entry)) {
            context.settlesPending(queue);
        }
        if (entry.durable && settles.isFull(level)) {
            context.writeSettles();
        }
        context.release(entry.sequence);
    }

    /** Forgets the messages that {@code wanted} picks of those that are ready or rest, and sets aside those that it cannot read. */
    int forgetReady(LongPredicate wanted) {
        Map<Long, DamagedRecordException> damaged = new HashMap<>();
        List<Head> picked = waiting.pick(sequence -> isWanted(wanted, sequence, damaged));
        for (Head head : picked) {
            waiting.takeOut(head);
            forget(head.level().number, head.entry(), damaged.get(head.entry().sequence));
        }
        return picked.size() - damaged.size() + forgetResting(wanted);
    }

    private int forgetResting(LongPredicate wanted) {
        Map<Long, DamagedRecordException> damaged = new HashMap<>();
        long[] bodyBytes = {0};
        long[] picked = Arrays.stream(resting.places())
                .filter(place -> {
                    Entry entry = waiting.find(place);
                    boolean isWanted = isWanted(wanted, entry.sequence, damaged);
                    bodyBytes[0] += isWanted ? entry.bodyBytes : 0;
                    return isWanted;
                })
                .toArray();
        resting.removeAll(picked, bodyBytes[0]);
        for (long place : picked) {
            answered.copyFrom(waiting.find(place));
            forget(InFlight.level(place), answered, damaged.get(answered.sequence));
        }
        return picked.length - damaged.size();
    }

    /** Whether a message is picked, or damaged. */
    private static boolean isWanted(LongPredicate wanted, long sequence, Map<Long, DamagedRecordException> damaged) {
        try {
            return wanted.test(sequence);
        } catch (DamagedRecordException e) {
            damaged.put(sequence, e);
            return true;
        }
    }

    private void forget(int level, Entry entry, @Nullable DamagedRecordException damage) {
        if (damage == null) {
            forget(level, entry);
        } else {
            setAside(level, entry, damage);
        }
    }

    /**
     * Lets go of everything, because the queue is gone and nothing here changes any more. What was here belongs to the chore
     * from now on, and goes with it, whoever still refers to the queue.
     */
    Chore releasing() {
        Unsettling walk = waiting.walk();
        long bytes = memoryBytes();
        waiting = new Waiting(terms.precedence(), context::held, context.turnBudget());
        failures = new Failures(context::held);
        settles = new Settles(context::held);
        resting = new Resting(terms.delayedRetry(), context);
        return budget -> {
            while (walk.next()) {
                context.release(walk.entry().sequence);
                budget.spend(1);
                if (budget.isSpent()) {
                    return false;
                }
            }
            context.held(-bytes);
            return true;
        };
    }

    void drainSettles(ByteBuf out) {
        settles.drain(queue.number(), out);
    }

    // ---- recovery and checkpoints ----

    void settleRange(int level, long firstSequence, long lastSequence) {
        waiting.settleRange(level, firstSequence, lastSequence, entry -> {
            failures.remove(entry.sequence);
            resting.forget(entry.sequence);
            context.release(entry.sequence);
        });
    }

    void failuresRecovered(long sequence, int count, long restsUntilMillis) {
        failures.put(sequence, count);
        resting.recovered(sequence, restsUntilMillis);
    }

    void encode(ByteBuf out) {
        waiting.encode(out);
        failures.encode(out);
    }

    void decode(ByteBuf in, LongConsumer held) {
        waiting.decode(in, entry -> {
            newestSequence = Math.max(newestSequence, entry.sequence);
            held.accept(entry.sequence);
        });
        failures.decode(in);
    }

    void encodeResting(ByteBuf out) {
        resting.encode(out, place -> waiting.find(place).sequence);
    }

    void decodeResting(ByteBuf in) {
        resting.decode(in);
    }

    void recovered() {
        waiting.recovered();
        passOver();
        if (resting.hasRecovered()) {
            waiting.forEachUnsettled(this::restAgain);
        }
        resting.recoveryIsOver();
    }

    /** What rested rests again, unless its time has come meanwhile: then it is ready in its place like all others. */
    private void restAgain(Level level, Entry entry) {
        long untilMillis = resting.recoveredUntil(entry.sequence);
        if (untilMillis > context.nowMillis()) {
            waiting.takeUnseen(level, entry);
            resting.add(level.number, entry, untilMillis);
        }
    }
}
