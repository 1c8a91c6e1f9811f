package io.ferrymq.broker.queue;

import io.ferrymq.broker.TurnBudget;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The messages of one priority: those never handed out, behind a cursor, and those that came back, in their old order. */
final class Level {
    /** What its objects take on the heap before anything is in them, beside what the chain counts. */
    static final int OBJECT_BYTES = 480;

    final int number;
    final Chain chain;
    private final Cursor cursor;
    /** Those that came back; what was settled meanwhile in its place is passed over. */
    private final Returned returned;
    /** Entries below this ordinal were there before a restart and may have been delivered then. */
    private long recoveredBelow;
    /** How many are ready; {@link Waiting} counts. */
    long readyCount;

    Level(int number, LongConsumer held, TurnBudget budget) {
        this.number = number;
        held.accept(OBJECT_BYTES);
        this.chain = new Chain(held, budget);
        this.cursor = new Cursor(chain, held);
        this.returned = new Returned(held);
    }

    void recovered() {
        recoveredBelow = chain.nextOrdinal();
        chain.recovered();
    }

    /** Shows the first ready message of this level; false if there is none. */
    boolean peek(Head head) {
        if (hasReturned() && !isBehindCursor(returned.first())) {
            head.set(this, chain.find(returned.first()), true);
            return true;
        }
        @Nullable Entry entry = cursor.peek();
        if (entry == null) {
            return false;
        }
        head.set(this, entry, false);
        return true;
    }

    private boolean hasReturned() {
        while (!returned.isEmpty() && chain.isSettled(returned.first())) {
            returned.removeFirst();
        }
        return !returned.isEmpty();
    }

    /** What comes back was before the cursor when it was handed out, unless that was before a restart. */
    private boolean isBehindCursor(long ordinal) {
        if (ordinal >= recoveredBelow) {
            return false;
        }
        @Nullable Entry entry = cursor.peek();
        return entry != null && entry.ordinal < ordinal;
    }

    /** The cursor is not to show the entry of this ordinal, which is larger than in any call before. */
    void passOver(long ordinal) {
        cursor.passOver(ordinal);
    }

    /** Takes what {@link #peek} showed. */
    void take(Head head) {
        if (head.returned()) {
            returned.removeFirst();
        } else {
            cursor.take();
        }
    }

    /** Adds every ready message of this level whose sequence {@code wanted} picks. */
    void pick(LongPredicate wanted, List<Head> picked) {
        for (long ordinal : returned.sorted()) {
            if (!chain.isSettled(ordinal) && wanted.test(chain.find(ordinal).sequence)) {
                picked.add(picked(chain.find(ordinal), true));
            }
        }
        cursor.forEachAhead(entry -> {
            if (wanted.test(entry.sequence)) {
                picked.add(picked(entry, false));
            }
        });
    }

    private Head picked(Entry entry, boolean back) {
        Head head = new Head();
        head.set(this, entry, back);
        return head;
    }

    /** Takes a message that {@link #pick} picked, and that is settled next. */
    void takeOut(Head picked) {
        if (!picked.returned()) {
            cursor.takeOut(picked.entry().ordinal);
        }
    }

    boolean mayHaveBeenDelivered(long ordinal) {
        return ordinal < recoveredBelow;
    }

    /** Whether that message has come back. Slow. */
    boolean isReturned(long ordinal) {
        return Arrays.binarySearch(returned.sorted(), ordinal) >= 0;
    }

    void giveBack(long ordinal) {
        returned.add(ordinal);
    }

    long memoryBytes() {
        return OBJECT_BYTES + chain.memoryBytes() + cursor.memoryBytes() + returned.memoryBytes();
    }
}
