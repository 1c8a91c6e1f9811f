package io.ferrymq.broker.queue;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** The messages of one priority: those never handed out, behind a cursor, and those that came back, in their old order. */
final class Level {
    private static final int RETURNED_FIRST = 4;

    final int number;
    final Chain chain = new Chain();
    private final Cursor cursor = new Cursor(chain);
    private final PriorityQueue<InFlight> returned =
            new PriorityQueue<>(RETURNED_FIRST, Comparator.comparingLong(InFlight::ordinal));
    /** Entries below this ordinal were there before a restart and may have been delivered then. */
    private long recoveredBelow;

    Level(int number) {
        this.number = number;
    }

    void recovered() {
        recoveredBelow = chain.nextOrdinal();
        chain.recovered();
    }

    /** Shows the first ready message of this level; false if there is none. */
    boolean peek(Head head) {
        InFlight back = returned.peek();
        if (back != null && !isBehindCursor(back)) {
            head.set(this, back.entry, back);
            return true;
        }
        @Nullable Entry entry = cursor.peek();
        if (entry == null) {
            return false;
        }
        head.set(this, entry, null);
        return true;
    }

    /** What comes back was before the cursor when it was handed out, unless that was before a restart. */
    private boolean isBehindCursor(InFlight back) {
        if (back.entry.ordinal >= recoveredBelow) {
            return false;
        }
        @Nullable Entry entry = cursor.peek();
        return entry != null && entry.ordinal < back.entry.ordinal;
    }

    /** The cursor is not to show the entry of this ordinal, which is larger than in any call before. */
    void passOver(long ordinal) {
        cursor.passOver(ordinal);
    }

    /** Takes what {@link #peek} showed. */
    void take(Head head) {
        if (head.returned() != null) {
            returned.poll();
        } else {
            cursor.take();
        }
    }

    /** Adds every ready message of this level whose sequence {@code wanted} picks. */
    void pick(LongPredicate wanted, List<Head> picked) {
        for (InFlight back : returned) {
            if (wanted.test(back.entry.sequence)) {
                picked.add(picked(back.entry, back));
            }
        }
        cursor.forEachAhead(entry -> {
            if (wanted.test(entry.sequence)) {
                picked.add(picked(entry, null));
            }
        });
    }

    private Head picked(Entry entry, @Nullable InFlight back) {
        Head head = new Head();
        head.set(this, entry, back);
        return head;
    }

    /** Takes a message that {@link #pick} picked. */
    void takeOut(Head picked) {
        if (picked.returned() != null) {
            returned.remove(picked.returned());
        } else {
            cursor.takeOut(picked.entry().ordinal);
        }
    }

    boolean mayHaveBeenDelivered(long ordinal) {
        return ordinal < recoveredBelow;
    }

    void giveBack(InFlight message) {
        returned.add(message);
    }
}
