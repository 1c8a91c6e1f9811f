package io.ferrymq.amqp091;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one channel that its client has not settled, by delivery tag.
 *
 * <p>Thread contract: the connection's lane.
 *
 * <p>A ring of parallel arrays in the order of the tags, which only grow:
 *
 * <pre>
 *   position     head                          head + span
 *   tags         4     5     7     8     11
 *   places       p4    p5    p7    p8    p11
 *   marks        m4    m5    m7    m8    m11
 *   holders      h     -     h     -     h      -: settled out of order, a hole
 * </pre>
 *
 * Place and mark are what the delivery's source knows it by. There is no object for a delivery: it takes {@value
 * #ROW_BYTES} bytes.
 *
 * Tags may be missing, because deliveries that need no settling have tags, too. The usual settlement, of the oldest or
 * of all up to a tag, touches only what it settles. One from the middle is found at the distance of its tag from the
 * first if no tag is missing, else by bisection, and leaves a hole. When the ring is full and at least half of it are
 * holes, it is compacted instead of enlarged, so it is never longer than four times what is unsettled, and every
 * operation takes constant time on average.
 */
final class UnsettledWindow {
    /** Gets what is taken out of the window, in the order of the tags. */
    interface Taker {
        void take(long tag, long place, long mark, Holder holder, Settlement settlement);
    }

    /** Is asked about deliveries inside. */
    interface Question {
        /** {@link SettleTimeout#NONE} to go on with the next one. */
        long answer(long tag, Holder holder);
    }

    /** What a row of the arrays takes. */
    static final int ROW_BYTES = 3 * Long.BYTES + Integer.BYTES;

    private static final int CAPACITY_MIN = 8;
    /** Larger arrays are given up when nothing is unsettled, and halved when little is. */
    private static final int IDLE_CAPACITY_MAX = 4_096;
    /** Arrays are halved when less than this part of them is used. */
    private static final int SHRINK_DIVISOR = 8;

    private long[] tags = {};
    private long[] places = {};
    private long[] marks = {};
    private @Nullable Holder[] holders = {};
    private int head;
    private int span;
    private int count;

    /** Number of deliveries inside. */
    int count() {
        return count;
    }

    /** What the arrays take. */
    long memoryBytes() {
        return (long) tags.length * ROW_BYTES;
    }

    /** The tag of the oldest delivery inside; there has to be one. */
    long oldestTag() {
        return tags[head];
    }

    /** The first answer of {@code question} about the deliveries behind one tag up to another; its NONE if there is none. */
    long ask(long afterTag, long lastTag, Question question) {
        for (int position = firstAbove(afterTag); position < span && tags[slot(position)] <= lastTag; position++) {
            int slot = slot(position);
            Holder holder = holders[slot];
            long answer = holder == null ? SettleTimeout.NONE : question.answer(tags[slot], holder);
            if (answer != SettleTimeout.NONE) {
                return answer;
            }
        }
        return SettleTimeout.NONE;
    }

    /** The first position with a larger tag; {@link #span} if there is none. */
    private int firstAbove(long tag) {
        int low = 0;
        int high = span;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tags[slot(middle)] <= tag) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** Adds a delivery with a tag above all tags inside. */
    void add(long tag, long place, long mark, Holder holder) {
        if (span == tags.length) {
            makeRoom();
        }
        int slot = slot(span);
        tags[slot] = tag;
        places[slot] = place;
        marks[slot] = mark;
        holders[slot] = holder;
        span++;
        count++;
    }

    /** Takes out the delivery with this tag; false if there is none. */
    boolean takeOne(long tag, Settlement settlement, Taker taker) {
        int position = find(tag);
        if (position < 0) {
            return false;
        }
        take(position, settlement, taker);
        return true;
    }

    /** Takes out all deliveries up to the one with this tag, oldest first; false, and nothing taken, if there is none. */
    boolean takeUpTo(long tag, Settlement settlement, Taker taker) {
        if (find(tag) < 0) {
            return false;
        }
        while (span > 0 && tags[head] <= tag) {
            take(0, settlement, taker);
        }
        return true;
    }

    /** Whether the delivery with this tag is inside. */
    boolean holds(long tag) {
        return find(tag) >= 0;
    }

    /** Takes out all deliveries up to this tag, which may be missing, oldest first. */
    void takeThrough(long tag, Settlement settlement, Taker taker) {
        while (span > 0 && tags[head] <= tag) {
            take(0, settlement, taker);
        }
    }

    /** Takes out deliveries up to this tag, oldest first, until the budget is spent; whether none is left of them. */
    boolean takeSome(long tag, Settlement settlement, Taker taker, TurnBudget budget) {
        while (span > 0 && tags[head] <= tag) {
            if (budget.isSpent()) {
                return false;
            }
            take(0, settlement, taker);
            budget.spend(TurnBudget.SETTLEMENT);
        }
        return true;
    }

    /** Takes out everything that is inside now, oldest first. */
    void takeAll(Settlement settlement, Taker taker) {
        if (span > 0) {
            takeUpTo(tags[slot(lastPosition())], settlement, taker);
        }
    }

    /** The last position that is no hole; there is one, since holes at the end are dropped. */
    private int lastPosition() {
        return span - 1;
    }

    private void take(int position, Settlement settlement, Taker taker) {
        int slot = slot(position);
        long tag = tags[slot];
        long place = places[slot];
        long mark = marks[slot];
        Holder holder = holders[slot];
        holders[slot] = null;
        count--;
        dropHolesAtEnds();
        if (tags.length > IDLE_CAPACITY_MAX && count < tags.length / SHRINK_DIVISOR) {
            rebuild(count == 0 ? CAPACITY_MIN : tags.length / 2);
        }
        if (holder == null) {
            throw new IllegalStateException("no delivery at tag " + tag);
        }
        taker.take(tag, place, mark, holder, settlement);
    }

    private void dropHolesAtEnds() {
        while (span > 0 && holders[head] == null) {
            head = slot(1);
            span--;
        }
        while (span > 0 && holders[slot(span - 1)] == null) {
            span--;
        }
    }

    /** The position of the delivery with this tag, or -1. */
    private int find(long tag) {
        if (span == 0 || tag < tags[head]) {
            return -1;
        }
        // Tags grow by at least one from position to position, so it cannot be further away than this.
        int high = (int) Math.min(tag - tags[head], span - 1L);
        int low = tags[slot(high)] == tag ? high : 0;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (tags[slot(middle)] < tag) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return tags[slot(low)] == tag && holders[slot(low)] != null ? low : -1;
    }

    private int slot(int position) {
        return (head + position) & (tags.length - 1);
    }

    private void makeRoom() {
        int capacity = count > tags.length / 2 ? tags.length * 2 : tags.length;
        rebuild(Math.max(capacity, CAPACITY_MIN));
    }

    /** Copies what is inside to new arrays without holes. */
    private void rebuild(int capacity) {
        long[] newTags = new long[capacity];
        long[] newPlaces = new long[capacity];
        long[] newMarks = new long[capacity];
        @Nullable Holder[] newHolders = new Holder[capacity];
        int to = 0;
        for (int position = 0; position < span; position++) {
            int slot = slot(position);
            if (holders[slot] != null) {
                newTags[to] = tags[slot];
                newPlaces[to] = places[slot];
                newMarks[to] = marks[slot];
                newHolders[to] = holders[slot];
                to++;
            }
        }
        tags = newTags;
        places = newPlaces;
        marks = newMarks;
        holders = newHolders;
        head = 0;
        span = to;
    }

    /** Puts deliveries that were taken out before back to their places, in the order of their tags. */
    void putBack(UnsettledWindow old) {
        if (old.span == 0) {
            return;
        }
        if (span == 0) {
            become(old);
            return;
        }
        UnsettledWindow merged = new UnsettledWindow();
        int position = 0;
        for (int ours = 0; ours < span; ours++) {
            for (; position < old.span && old.tags[old.slot(position)] < tags[slot(ours)]; position++) {
                merged.addFrom(old, position);
            }
            merged.addFrom(this, ours);
        }
        for (; position < old.span; position++) {
            merged.addFrom(old, position);
        }
        become(merged);
    }

    private void addFrom(UnsettledWindow other, int position) {
        int slot = other.slot(position);
        Holder holder = other.holders[slot];
        if (holder != null) {
            add(other.tags[slot], other.places[slot], other.marks[slot], holder);
        }
    }

    private void become(UnsettledWindow other) {
        tags = other.tags;
        places = other.places;
        marks = other.marks;
        holders = other.holders;
        head = other.head;
        span = other.span;
        count = other.count;
    }
}
