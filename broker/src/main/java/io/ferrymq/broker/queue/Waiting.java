package io.ferrymq.broker.queue;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Everything a queue holds, ready or taken, and how much. Its {@link Precedence} says which level the next message comes
 * from; within a level it is the order of arrival.
 */
final class Waiting {
    /** Sees an entry and the level it is in. */
    interface Visitor {
        void visit(Level level, Entry entry);
    }

    /** So many places for levels are part of what every queue takes. */
    private static final int PLACES_FIRST = 3;

    private final Precedence precedence;
    /** By number, up to the highest that was ever used. */
    private @Nullable Level[] levels;

    private final LongConsumer held;
    private int highest;
    private long readyCount;
    private long readyBytes;
    private long takenCount;

    /** {@code held} is told of all memory that it takes and gives back. */
    Waiting(Precedence precedence, LongConsumer held) {
        this.precedence = precedence;
        this.held = held;
        this.levels = new Level[Math.min(PLACES_FIRST, precedence.levelCount())];
    }

    long readyCount() {
        return readyCount;
    }

    long readyBytes() {
        return readyBytes;
    }

    long takenCount() {
        return takenCount;
    }

    private Level level(int named) {
        int number = Math.min(named, precedence.levelCount() - 1);
        if (number >= levels.length) {
            held.accept(-placeBytes());
            levels = Arrays.copyOf(levels, number + 1);
            held.accept(placeBytes());
        }
        Level level = levels[number];
        if (level == null) {
            level = new Level(number, held);
            levels[number] = level;
            highest = Math.max(highest, number);
        }
        return level;
    }

    private long placeBytes() {
        return (long) (levels.length - Math.min(PLACES_FIRST, precedence.levelCount())) * Integer.BYTES;
    }

    void append(int priority, long sequence, int bodyBytes, boolean durable, long expiresAtMillis) {
        level(precedence.levelOf(priority)).chain.append(sequence, bodyBytes, durable, expiresAtMillis);
        readyCount++;
        readyBytes += bodyBytes;
    }

    boolean peek(Head head) {
        return precedence.peek(levels, head);
    }

    /** Shows the first ready message of one level; false if there is none. */
    boolean peek(int number, Head head) {
        Level level = number < levels.length ? levels[number] : null;
        return level != null && level.peek(head);
    }

    int levelCount() {
        return highest + 1;
    }

    /** Takes what {@code peek} showed: it is neither ready nor settled now. */
    void take(Head head) {
        head.level().take(head);
        precedence.taken();
        taken(head);
    }

    /** The ready messages whose sequences {@code wanted} picks. */
    List<Head> pick(LongPredicate wanted) {
        List<Head> picked = new ArrayList<>();
        for (Level level : levels) {
            if (level != null) {
                level.pick(wanted, picked);
            }
        }
        return picked;
    }

    /** Takes what {@link #pick} picked, in whatever place it is. */
    void takeOut(Head picked) {
        picked.level().takeOut(picked);
        taken(picked);
    }

    private void taken(Head head) {
        readyCount--;
        readyBytes -= head.entry().bodyBytes;
        takenCount++;
    }

    /** Takes, when recovery ends, a message that was not handed out since. */
    void takeUnseen(Level level, Entry entry) {
        level.passOver(entry.ordinal);
        readyCount--;
        readyBytes -= entry.bodyBytes;
        takenCount++;
    }

    /** Forgets a taken message. */
    void settle(int level, Entry entry) {
        if (!level(level).chain.settle(entry.ordinal)) {
            throw new IllegalStateException("settled twice: " + entry.sequence);
        }
        takenCount--;
    }

    /** What the index knows of a taken message; valid until the next call. */
    Entry find(long place) {
        return level(InFlight.level(place)).chain.find(InFlight.ordinal(place));
    }

    /** Whether a message that was taken once is not any more. Slow. */
    boolean isSettledOrReady(long place) {
        Level level = level(InFlight.level(place));
        long ordinal = InFlight.ordinal(place);
        return level.chain.isSettled(ordinal) || level.isReturned(ordinal);
    }

    /** Puts a taken message back to its place. */
    void giveBack(int level, Entry entry) {
        level(level).giveBack(entry.ordinal);
        readyCount++;
        readyBytes += entry.bodyBytes;
        takenCount--;
    }

    /** Settles, in recovery, what the log says was settled. */
    void settleRange(int rangeLevel, long firstSequence, long lastSequence, Chain.Visitor visitor) {
        for (Level level : levels) {
            if (level != null && precedence.covers(rangeLevel, level.number)) {
                level.chain.settleRange(firstSequence, lastSequence, entry -> {
                    readyCount--;
                    readyBytes -= entry.bodyBytes;
                    visitor.visit(entry);
                });
            }
        }
    }

    /** Ends recovery: all that is here may have been delivered before the restart. */
    void recovered() {
        for (Level level : levels) {
            if (level != null) {
                level.recovered();
            }
        }
    }

    /** A walk over everything that is not settled. */
    Unsettling walk() {
        List<Chain> chains = new ArrayList<>();
        for (Level level : levels) {
            if (level != null) {
                chains.add(level.chain);
            }
        }
        return new Unsettling(chains);
    }

    void forEachUnsettled(Visitor visitor) {
        for (Level level : levels) {
            if (level != null) {
                level.chain.forEachUnsettled(entry -> visitor.visit(level, entry));
            }
        }
    }

    long memoryBytes() {
        long bytes = placeBytes();
        for (Level level : levels) {
            bytes += level == null ? 0 : level.memoryBytes();
        }
        return bytes;
    }

    /** Writes the levels that exist: varint count, then for each its number and its chain. */
    void encode(ByteBuf out) {
        int count = 0;
        for (Level level : levels) {
            count += level == null ? 0 : 1;
        }
        Varint.write(out, count);
        for (Level level : levels) {
            if (level != null) {
                Varint.write(out, level.number);
                level.chain.encode(out);
            }
        }
    }

    /** Reads what {@link #encode} wrote and shows every durable entry. */
    void decode(ByteBuf in, Chain.Visitor visitor) {
        int count = Varint.readInt(in);
        for (int i = 0; i < count; i++) {
            Level level = level(Varint.readInt(in));
            level.chain.decode(in, entry -> {
                readyCount++;
                readyBytes += entry.bodyBytes;
                visitor.visit(entry);
            });
        }
    }
}
