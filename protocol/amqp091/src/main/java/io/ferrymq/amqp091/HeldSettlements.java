package io.ferrymq.amqp091;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.TurnBudget;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Settlements that a transaction holds back, in the order in which the client sent them, without an object for each: they
 * take {@value #ROW_BYTES} bytes.
 *
 * <p>Thread contract: the connection's lane.
 */
final class HeldSettlements {
    /** What a row of the arrays takes. */
    static final int ROW_BYTES = UnsettledWindow.ROW_BYTES + Byte.BYTES;

    private static final Settlement[] KINDS = Settlement.values();
    private static final int CAPACITY_FIRST = 16;

    private long[] tags = {};
    private long[] places = {};
    private long[] marks = {};
    private @Nullable Holder[] holders = {};
    private byte[] kinds = {};
    private int count;
    /** So many are more than acceptances. */
    private int refusals;
    /** So many from the front are forgotten. */
    private int taken;

    int count() {
        return count - taken;
    }

    /** How many were held that are not acceptances: they may become dead letters, however large. */
    int refusals() {
        return refusals;
    }

    long memoryBytes() {
        return (long) tags.length * ROW_BYTES;
    }

    @SuppressWarnings("EnumOrdinal") // One byte for each; it never leaves this process.
    void add(long tag, long place, long mark, Holder holder, Settlement settlement) {
        if (count == tags.length) {
            grow(Math.max(CAPACITY_FIRST, count * 2));
        }
        tags[count] = tag;
        places[count] = place;
        marks[count] = mark;
        holders[count] = holder;
        kinds[count++] = (byte) settlement.ordinal();
        refusals += settlement == Settlement.ACCEPT ? 0 : 1;
    }

    private void grow(int capacity) {
        tags = Arrays.copyOf(tags, capacity);
        places = Arrays.copyOf(places, capacity);
        marks = Arrays.copyOf(marks, capacity);
        holders = Arrays.copyOf(holders, capacity);
        kinds = Arrays.copyOf(kinds, capacity);
    }

    /** Shows them to {@code taker}, in their order, until the budget is spent, and forgets them; whether that is all. */
    boolean takeSome(UnsettledWindow.Taker taker, TurnBudget budget) {
        while (taken < count) {
            if (budget.isSpent()) {
                return false;
            }
            int i = taken++;
            taker.take(tags[i], places[i], marks[i], holder(i), KINDS[kinds[i]]);
            budget.spend(TurnBudget.SETTLEMENT);
        }
        clear();
        return true;
    }

    /** The deliveries in the order of their tags, not settled. */
    UnsettledWindow asUnsettled() {
        UnsettledWindow window = new UnsettledWindow();
        if (areInOrder()) {
            for (int i = taken; i < count; i++) {
                window.add(tags[i], places[i], marks[i], holder(i));
            }
        } else {
            for (int i : inOrder()) {
                window.add(tags[i], places[i], marks[i], holder(i));
            }
        }
        return window;
    }

    /** As they mostly are, and then there is nothing to sort. */
    private boolean areInOrder() {
        for (int i = taken + 1; i < count; i++) {
            if (tags[i] < tags[i - 1]) {
                return false;
            }
        }
        return true;
    }

    private int[] inOrder() {
        long[] sorted = Arrays.copyOfRange(tags, taken, count);
        Arrays.sort(sorted);
        int[] rows = new int[sorted.length];
        for (int i = taken; i < count; i++) {
            rows[Arrays.binarySearch(sorted, tags[i])] = i;
        }
        return rows;
    }

    private Holder holder(int i) {
        Holder holder = holders[i];
        if (holder == null) {
            throw new IllegalStateException("no settlement " + i);
        }
        return holder;
    }

    void clear() {
        count = 0;
        refusals = 0;
        taken = 0;
        tags = new long[0];
        places = new long[0];
        marks = new long[0];
        holders = new Holder[0];
        kinds = new byte[0];
    }
}
