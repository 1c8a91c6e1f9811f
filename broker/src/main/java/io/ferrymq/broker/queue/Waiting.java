package io.ferrymq.broker.queue;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
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

    /** The numbers of those with something ready, so that nobody looks at 255 empty ones. */
    private final BitSet readyLevels = new BitSet();

    private final LongConsumer held;
    private final TurnBudget budget;
    private long readyCount;
    private long readyBytes;
    private long takenCount;
    /** Whether anything here may expire. */
    private boolean expires;

    /**
     * @param held is told of all memory that it takes and gives back
     * @param budget is charged with what is read to find messages
     */
    Waiting(Precedence precedence, LongConsumer held, TurnBudget budget) {
        this.precedence = precedence;
        this.held = held;
        this.budget = budget;
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
            level = new Level(number, held, budget);
            levels[number] = level;
        }
        return level;
    }

    private long placeBytes() {
        return (long) (levels.length - Math.min(PLACES_FIRST, precedence.levelCount())) * Integer.BYTES;
    }

    void append(int priority, long sequence, int bodyBytes, boolean durable, long expiresAtMillis) {
        Level level = level(precedence.levelOf(priority));
        level.chain.append(sequence, bodyBytes, durable, expiresAtMillis);
        expires = expiresAtMillis != Entry.NEVER || (expires && readyCount + takenCount > 0);
        isReady(level, bodyBytes);
    }

    private void isReady(Level level, int bodyBytes) {
        if (level.readyCount++ == 0) {
            readyLevels.set(level.number);
        }
        readyCount++;
        readyBytes += bodyBytes;
    }

    private void isNotReady(Level level, int bodyBytes) {
        if (--level.readyCount == 0) {
            readyLevels.clear(level.number);
        }
        readyCount--;
        readyBytes -= bodyBytes;
    }

    /** The highest level in which something is ready; negative if there is none. */
    int highestReadyLevel() {
        return readyLevels.length() - 1;
    }

    /** The next lower level in which something is ready; negative if there is none. */
    int readyLevelBelow(int level) {
        return readyLevels.previousSetBit(level - 1);
    }

    /** Whether a message here may expire. */
    boolean mayExpire() {
        return expires;
    }

    boolean peek(Head head) {
        return precedence.peek(levels, readyLevels, head);
    }

    /** Shows the first ready message of one level; false if there is none. */
    boolean peek(int number, Head head) {
        Level level = number < levels.length ? levels[number] : null;
        return level != null && level.peek(head);
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
        isNotReady(head.level(), head.entry().bodyBytes);
        takenCount++;
    }

    /** Takes, when recovery ends, a message that was not handed out since. */
    void takeUnseen(Level level, Entry entry) {
        level.passOver(entry.ordinal);
        isNotReady(level, entry.bodyBytes);
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
    void giveBack(int number, Entry entry) {
        Level level = level(number);
        level.giveBack(entry.ordinal);
        isReady(level, entry.bodyBytes);
        takenCount--;
    }

    /** Settles, in recovery, what the log says was settled. */
    void settleRange(int rangeLevel, long firstSequence, long lastSequence, Chain.Visitor visitor) {
        for (Level level : levels) {
            if (level != null && precedence.covers(rangeLevel, level.number)) {
                level.chain.settleRange(firstSequence, lastSequence, entry -> {
                    isNotReady(level, entry.bodyBytes);
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
                isReady(level, entry.bodyBytes);
                expires |= entry.expiresAtMillis != Entry.NEVER;
                visitor.visit(entry);
            });
        }
    }
}
