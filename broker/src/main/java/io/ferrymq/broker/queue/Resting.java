package io.ferrymq.broker.queue;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.timer.Timetable;
import io.ferrymq.broker.topology.DelayedRetry;
import io.netty.buffer.ByteBuf;
import java.util.function.LongUnaryOperator;

/**
 * The messages of one queue that came back and are not handed out again before their time. Lane only.
 *
 * <p>The clock and chance are asked when a message comes back, and what they said goes into the log. In recovery the
 * times are collected by sequence until it is known which messages are still there.
 */
final class Resting {
    private final DelayedRetry terms;
    private final QueueContext context;
    private final Rests byTime;
    private final SequenceMap recoveredUntil;
    private long bytes;

    Resting(DelayedRetry terms, QueueContext context) {
        this.terms = terms;
        this.context = context;
        this.byTime = new Rests(context::held);
        this.recoveredUntil = new SequenceMap(context::held);
    }

    int count() {
        return byTime.size();
    }

    /** Bytes of bodies. */
    long bytes() {
        return bytes;
    }

    // ---- deciding ----

    /** Until when a message rests that came back like this for the {@code returns}-th time, or {@link QueueContext#NO_REST}. */
    long restsUntil(Settlement settlement, int returns) {
        if (!mayRest(settlement)) {
            return QueueContext.NO_REST;
        }
        double chance = terms.jitterPercent() == 0 ? 0 : context.chance();
        long delayMillis = terms.delayMillis(returns, chance);
        return delayMillis == 0 ? QueueContext.NO_REST : Timetable.due(context.nowMillis(), delayMillis);
    }

    private boolean mayRest(Settlement settlement) {
        return switch (terms.type()) {
            case DISABLED -> false;
            case ALL -> true;
            case FAILED -> settlement == Settlement.REQUEUE;
            case RETURNED -> settlement == Settlement.RELEASE;
        };
    }

    // ---- resting ----

    void add(int level, Entry entry, long untilMillis) {
        byTime.add(Math.min(untilMillis, entry.expiresAtMillis), untilMillis, InFlight.place(level, entry.ordinal));
        bytes += entry.bodyBytes;
    }

    /** When something happens to the first one, or {@link QueueContext#NO_TIME}. */
    long firstWakesAtMillis() {
        return byTime.size() == 0 ? QueueContext.NO_TIME : byTime.firstWakesAtMillis();
    }

    /** The first one's place in the index; there has to be one. */
    long firstPlace() {
        return byTime.firstPlace();
    }

    /** Takes the first one out whether its time has come or not; its body has so many bytes. */
    void removeFirst(int bodyBytes) {
        byTime.removeFirst();
        bytes -= bodyBytes;
    }

    /** The places of all, those that are next to each other in the index one after the other; a copy. */
    long[] places() {
        return byTime.places();
    }

    /** Takes out those with these places, which are ascending; their bodies have so many bytes. Looks at all. */
    void removeAll(long[] places, long bodyBytes) {
        byTime.removeAll(places);
        bytes -= bodyBytes;
    }

    /** Whether the message of this place rests. Slow. */
    boolean has(long place) {
        return byTime.has(place);
    }

    long memoryBytes() {
        return byTime.memoryBytes() + recoveredUntil.memoryBytes();
    }

    // ---- recovery and checkpoints ----

    /** The log says until when a message rests, or that it does not. */
    void recovered(long sequence, long untilMillis) {
        if (untilMillis == QueueContext.NO_REST) {
            recoveredUntil.remove(sequence);
        } else {
            recoveredUntil.put(sequence, untilMillis);
        }
    }

    /** The log says that a message is settled. */
    void forget(long sequence) {
        recoveredUntil.remove(sequence);
    }

    boolean hasRecovered() {
        return !recoveredUntil.isEmpty();
    }

    /** Until when a message rests that the log has brought back, or {@link QueueContext#NO_REST}. */
    long recoveredUntil(long sequence) {
        return recoveredUntil.get(sequence, QueueContext.NO_REST);
    }

    void recoveryIsOver() {
        recoveredUntil.clear();
    }

    /**
     * varint count, then for each: varint sequence, varint until when it rests, ms since 1970. {@code sequenceOf} knows the
     * sequence by the place.
     */
    void encode(ByteBuf out, LongUnaryOperator sequenceOf) {
        Varint.write(out, byTime.size());
        byTime.forEach((place, untilMillis) -> {
            Varint.write(out, sequenceOf.applyAsLong(place));
            Varint.write(out, untilMillis);
        });
    }

    void decode(ByteBuf in) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            recovered(Varint.read(in), Varint.read(in));
        }
    }
}
