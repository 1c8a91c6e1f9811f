package io.ferrymq.broker.queue;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Varint;
import io.ferrymq.broker.timer.Timetable;
import io.ferrymq.broker.topology.DelayedRetry;
import io.netty.buffer.ByteBuf;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one queue that came back and are not handed out again before their time. Each is the object that it
 * became when it was handed out. Lane only.
 *
 * <p>The clock and chance are asked when a message comes back, and what they said goes into the log. In recovery the
 * times are collected by sequence until it is known which messages are still there.
 */
final class Resting {
    private static final int MESSAGES_FIRST = 4;

    private final DelayedRetry terms;
    private final QueueContext context;
    private final PriorityQueue<InFlight> byTime = new PriorityQueue<>(
            MESSAGES_FIRST,
            Comparator.comparingLong(InFlight::wakesAtMillis).thenComparingLong(message -> message.entry.sequence));
    private final Map<Long, Long> recoveredUntil = new HashMap<>();
    private long bytes;

    Resting(DelayedRetry terms, QueueContext context) {
        this.terms = terms;
        this.context = context;
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

    void add(InFlight message, long untilMillis) {
        message.restsUntilMillis = untilMillis;
        byTime.add(message);
        bytes += message.entry.bodyBytes;
    }

    /** When something happens to the first one, or {@link QueueContext#NO_TIME}. */
    long firstWakesAtMillis() {
        InFlight first = byTime.peek();
        return first == null ? QueueContext.NO_TIME : first.wakesAtMillis();
    }

    /** Takes the first one out whether its time has come or not; null if there is none. */
    @Nullable InFlight take() {
        InFlight first = byTime.poll();
        if (first != null) {
            bytes -= first.entry.bodyBytes;
        }
        return first;
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
        if (!recoveredUntil.isEmpty()) {
            recoveredUntil.remove(sequence);
        }
    }

    boolean hasRecovered() {
        return !recoveredUntil.isEmpty();
    }

    /** Until when a message rests that the log has brought back, or {@link QueueContext#NO_REST}. */
    long recoveredUntil(long sequence) {
        return recoveredUntil.getOrDefault(sequence, QueueContext.NO_REST);
    }

    void recoveryIsOver() {
        recoveredUntil.clear();
    }

    /** varint count, then for each: varint sequence, varint until when it rests, ms since 1970. */
    void encode(ByteBuf out) {
        Varint.write(out, byTime.size());
        for (InFlight message : byTime) {
            Varint.write(out, message.entry.sequence);
            Varint.write(out, message.restsUntilMillis);
        }
    }

    void decode(ByteBuf in) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            recovered(Varint.read(in), Varint.read(in));
        }
    }
}
