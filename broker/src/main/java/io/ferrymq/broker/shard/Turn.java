package io.ferrymq.broker.shard;

import io.ferrymq.broker.queue.Queue;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done once when a burst of requests is over: queues deliver, settlements become a record, the log is asked to
 * flush. Collected here while requests come in, so that a burst costs one of each. Lane only.
 *
 * <p>Settlements alone are in no hurry, since nobody waits for them: they are written with whatever is written next, or
 * after a delay.
 */
final class Turn {
    /** A settle record is closed when it reaches this size. */
    private static final int SETTLE_BYTES_MAX = 64 << 10;

    private final Lane lane;
    private final CommandLog log;
    private final long settleDelayMillis;
    private final ByteBuf settleRecord = Unpooled.directBuffer(4096);
    private final Round<Queue> toPump = new Round<>();
    private final Round<Queue> toPumpWhenDurable = new Round<>();
    private final List<Queue> toSettle = new ArrayList<>();
    private boolean asked;
    private boolean flushAsked;
    private boolean recordsWait;
    private boolean settleTimerRuns;

    Turn(Lane lane, CommandLog log, long settleDelayMillis) {
        this.lane = lane;
        this.log = log;
        this.settleDelayMillis = settleDelayMillis;
    }

    /** Has {@link #end} called when what the lane is doing now is over. */
    void ask() {
        if (!asked) {
            asked = true;
            lane.execute(this::end);
        }
    }

    void pumpLater(Queue queue) {
        toPump.add(queue);
        ask();
    }

    void pumpWhenDurable(Queue queue) {
        toPumpWhenDurable.add(queue);
    }

    void settlesPending(Queue queue) {
        toSettle.add(queue);
        ask();
    }

    /** Something was appended that nobody waits for: it is written when settlements are. */
    void writeLater() {
        recordsWait = true;
        ask();
    }

    /** Somebody waits for what was appended. */
    void flushLater() {
        flushAsked = true;
        ask();
    }

    /** The log is durable further: what waited for that is delivered. */
    void durable() {
        toPumpWhenDurable.run(Queue::pumpDurable);
        ask();
    }

    private void end() {
        asked = false;
        toPump.run(Queue::pump);
        if (flushAsked) {
            flushAsked = false;
            flush();
        } else if ((recordsWait || !toSettle.isEmpty()) && !settleTimerRuns) {
            settleTimerRuns = true;
            lane.schedule(settleDelayMillis, this::settleDelayOver);
        }
    }

    private void settleDelayOver() {
        settleTimerRuns = false;
        if (recordsWait || !toSettle.isEmpty()) {
            flush();
        }
    }

    /** Writes what is settled and asks the log to flush. */
    void flush() {
        recordsWait = false;
        writeSettles();
        log.flush();
    }

    /** Appends everything settled so far to the log. */
    void writeSettles() {
        if (toSettle.isEmpty()) {
            return;
        }
        settleRecord.clear();
        for (Queue queue : toSettle) {
            if (queue.isGone()) {
                continue;
            }
            queue.drainSettles(settleRecord);
            if (settleRecord.readableBytes() >= SETTLE_BYTES_MAX) {
                appendSettles();
            }
        }
        toSettle.clear();
        if (settleRecord.isReadable()) {
            appendSettles();
        }
    }

    private void appendSettles() {
        log.append(RecordType.SETTLE, settleRecord, Unpooled.EMPTY_BUFFER, 0);
        settleRecord.clear();
    }

    void close() {
        settleRecord.release();
    }
}
