package io.ferrymq.broker.shard;

import io.ferrymq.broker.Chore;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.log.CommandLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What is done once when a burst of requests is over: queues deliver, settlements become a record, the log is asked to
 * flush. Collected here while requests come in, so that a burst costs one of each. Lane only.
 *
 * <p>All this has a budget. Chores have their part of it, queues the rest; each has a go in its turn. What is left when
 * it is spent goes on in the next turn, behind what the sockets have brought meanwhile. Flushes do not wait for that.
 *
 * <p>Settlements alone are in no hurry, since nobody waits for them: they are written with whatever is written next, or
 * after a delay.
 */
final class Turn {
    /** A settle record is closed when it reaches this size. */
    private static final int SETTLE_BYTES_MAX = 64 << 10;

    /** What chores may do in a turn, and then queues: some milliseconds each. */
    private static final int CHORE_UNITS = 20_000;

    private static final int PUMP_UNITS = 25_000;

    /** What is done of a chore at once, where it is asked for. */
    private static final int START_UNITS = 3_000;

    private static final long RELIEF_MILLIS = 5;

    /**
     * What the broker writes by itself leaves so much of what may be pending to those who publish: they go on at half of it,
     * and find room then.
     */
    private static final int OWN_DIVISOR = 2;

    /** What finds no room in a scratch file stops those who write anew only when it is so many times what may be pending. */
    private static final int STUCK_FACTOR = 4;

    private final Lane lane;
    private final CommandLog log;
    private final long settleDelayMillis;
    private final long pendingBytesMax;
    private final TurnBudget budget = new TurnBudget(0);
    private final Chores chores = new Chores(budget, this::journalLags);
    private final ByteBuf settleRecord = Unpooled.directBuffer(4096);
    private final ArrayDeque<Queue> toPump = new ArrayDeque<>();
    private final DiskQueues fromDisk = new DiskQueues();
    private final Round<Queue> toPumpWhenDurable = new Round<>();
    private final List<Queue> toPumpWhenWritten = new ArrayList<>();
    private final List<Queue> toSettle = new ArrayList<>();
    private boolean asked;
    private boolean flushAsked;
    private boolean recordsWait;
    private boolean settleTimerRuns;
    /** Whether recovery is over. */
    private boolean begun;
    /** Whether this turn's budget is spent, and what is left waits for the next. */
    private boolean resting;

    private boolean looksAgain;

    private boolean closed;

    Turn(Lane lane, CommandLog log, long settleDelayMillis, long pendingBytesMax) {
        this.lane = lane;
        this.log = log;
        this.settleDelayMillis = settleDelayMillis;
        this.pendingBytesMax = pendingBytesMax;
    }

    /** Recovery is over: there are turns from now on. */
    void begin() {
        begun = true;
    }

    /** What everything that is done in a turn is charged to. */
    TurnBudget budget() {
        return budget;
    }

    /** Does the beginning of a chore now, and the rest in the turns to come. */
    void start(Chore chore) {
        boolean mayStart = !begun || !journalLags();
        if (mayStart && chores.part(chore, begun ? START_UNITS : Long.MAX_VALUE / 2)) {
            return;
        }
        chores.add(chore);
        ask();
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

    /** The queue's next message is to be read from the disk. */
    void pumpFromDisk(Queue queue, long sequence) {
        fromDisk.add(queue, sequence);
        ask();
    }

    void pumpWhenDurable(Queue queue) {
        toPumpWhenDurable.add(queue);
    }

    /** The queue has to write something anew, and the log lags. */
    void pumpWhenWritten(Queue queue) {
        toPumpWhenWritten.add(queue);
        ask();
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
        toPumpWhenDurable.run(Queue::durableNow);
        ask();
    }

    private void end() {
        asked = false;
        if (closed) {
            return;
        }
        if (!resting) {
            work();
        }
        if (flushAsked) {
            flushAsked = false;
            flush();
        } else if ((recordsWait || !toSettle.isEmpty()) && !settleTimerRuns) {
            settleTimerRuns = true;
            lane.schedule(settleDelayMillis, this::settleDelayOver);
        }
    }

    private void work() {
        budget.begin(CHORE_UNITS);
        chores.run();
        if (!toPumpWhenWritten.isEmpty() && !lags()) {
            toPump.addAll(toPumpWhenWritten);
            toPumpWhenWritten.clear();
        }
        budget.begin(PUMP_UNITS);
        pump();
        if (!toPump.isEmpty() || !fromDisk.isEmpty() || (!chores.isEmpty() && !journalLags())) {
            resting = true;
            lane.nextTurn(this::goOn);
        } else if (!chores.isEmpty() || !toPumpWhenWritten.isEmpty()) {
            lookAgain();
        }
    }

    /** Flushes have a turn behind them; transient messages find their way to a scratch file without one. */
    private void lookAgain() {
        if (!looksAgain) {
            looksAgain = true;
            lane.schedule(RELIEF_MILLIS, () -> {
                looksAgain = false;
                ask();
            });
        }
    }

    /** What waits for room in a scratch file does not stop those who may let go of what fills the disk. */
    private boolean journalLags() {
        return log.journalPendingBytes() > pendingBytesMax / OWN_DIVISOR;
    }

    /** Whether so much is to be written, and in memory until then, that nothing is to be written anew. */
    boolean lags() {
        return journalLags() || hasMuchWithoutRoom();
    }

    /** Whether {@link #lags} is true because of what finds no room in a scratch file. */
    boolean isStuck() {
        return hasMuchWithoutRoom() && !journalLags();
    }

    private boolean hasMuchWithoutRoom() {
        return log.pendingBytes() > STUCK_FACTOR * pendingBytesMax;
    }

    /** As {@link #lags}, what finds its way to a scratch file included. */
    boolean isBehind() {
        return lags() || log.pendingBytes() > pendingBytesMax;
    }

    /** Whether so much is to be written that no client may have more written anew. */
    boolean lagsFar() {
        return log.journalPendingBytes() > pendingBytesMax || hasMuchWithoutRoom();
    }

    /** Whether {@link #lagsFar} is over for those who have waited for that. */
    boolean hasCaughtUp() {
        return !lags();
    }

    private void goOn() {
        resting = false;
        end();
    }

    /** Those that find their messages in memory and those that do not, one of each in turn. */
    private void pump() {
        while (!budget.isSpent() && (!toPump.isEmpty() || !fromDisk.isEmpty())) {
            budget.spend(TurnBudget.GO);
            Queue next = toPump.poll();
            if (next != null) {
                next.pump();
            }
            Queue cold = fromDisk.poll();
            if (cold != null) {
                cold.pumpFromDisk();
            }
        }
    }

    private void settleDelayOver() {
        settleTimerRuns = false;
        if (closed) {
            return;
        }
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
        closed = true;
        settleRecord.release();
    }
}
