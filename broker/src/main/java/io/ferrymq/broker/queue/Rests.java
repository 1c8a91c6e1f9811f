package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Places of messages that rest, by when something happens to them, and then by place: a binary heap in pages, three numbers
 * each. Lane only.
 *
 * <pre>
 *   wakes at (ms)   rests until (ms)   place        24 bytes a message
 * </pre>
 */
final class Rests {
    /** Sees every message that rests. */
    interface Visitor {
        void visit(long place, long untilMillis);
    }

    private static final int WIDTH = 3;
    private static final int UNTIL = 1;
    private static final int PLACE = 2;

    private final PagedLongs heap;
    private int size;

    Rests(LongConsumer held) {
        this.heap = new PagedLongs(held);
    }

    int size() {
        return size;
    }

    /** There has to be one. */
    long firstWakesAtMillis() {
        return heap.get(0);
    }

    /** There has to be one. */
    long firstPlace() {
        return heap.get(PLACE);
    }

    void add(long wakesAtMillis, long untilMillis, long place) {
        heap.reserve((size + 1) * WIDTH);
        int at = size++;
        for (int parent = (at - 1) >> 1; at > 0 && isAfter(parent, wakesAtMillis, place); parent = (at - 1) >> 1) {
            copy(parent, at);
            at = parent;
        }
        set(at, wakesAtMillis, untilMillis, place);
    }

    /** Takes the first one out; there has to be one. */
    void removeFirst() {
        size--;
        sink(size, 0);
        heap.release(size * WIDTH);
    }

    /** Puts a row into the place of another, or below it. */
    private void sink(int from, int to) {
        long wakesAtMillis = heap.get(from * WIDTH);
        long untilMillis = heap.get(from * WIDTH + UNTIL);
        long place = heap.get(from * WIDTH + PLACE);
        int at = to;
        for (int child = smallerChild(at); child < size && !isAfter(child, wakesAtMillis, place); ) {
            copy(child, at);
            at = child;
            child = smallerChild(at);
        }
        set(at, wakesAtMillis, untilMillis, place);
    }

    /** Takes out all with these places, which are ascending. */
    void removeAll(long[] places) {
        int kept = 0;
        for (int row = 0; row < size; row++) {
            if (Arrays.binarySearch(places, heap.get(row * WIDTH + PLACE)) < 0) {
                copy(row, kept++);
            }
        }
        size = kept;
        for (int row = size / 2 - 1; row >= 0; row--) {
            sink(row, row);
        }
        heap.release(size * WIDTH);
    }

    /** All places, ascending; a copy. */
    long[] places() {
        long[] places = new long[size];
        for (int row = 0; row < size; row++) {
            places[row] = heap.get(row * WIDTH + PLACE);
        }
        Arrays.sort(places);
        return places;
    }

    private void copy(int from, int to) {
        set(to, heap.get(from * WIDTH), heap.get(from * WIDTH + UNTIL), heap.get(from * WIDTH + PLACE));
    }

    private int smallerChild(int at) {
        int child = 2 * at + 1;
        int other = child + 1;
        return other < size && isAfter(child, heap.get(other * WIDTH), heap.get(other * WIDTH + PLACE)) ? other : child;
    }

    private boolean isAfter(int row, long wakesAtMillis, long place) {
        long wakes = heap.get(row * WIDTH);
        return wakes > wakesAtMillis || (wakes == wakesAtMillis && heap.get(row * WIDTH + PLACE) > place);
    }

    private void set(int row, long wakesAtMillis, long untilMillis, long place) {
        heap.set(row * WIDTH, wakesAtMillis);
        heap.set(row * WIDTH + UNTIL, untilMillis);
        heap.set(row * WIDTH + PLACE, place);
    }

    void forEach(Visitor visitor) {
        for (int row = 0; row < size; row++) {
            visitor.visit(heap.get(row * WIDTH + PLACE), heap.get(row * WIDTH + UNTIL));
        }
    }

    /** Whether that place is here. Looks at all. */
    boolean has(long place) {
        for (int row = 0; row < size; row++) {
            if (heap.get(row * WIDTH + PLACE) == place) {
                return true;
            }
        }
        return false;
    }

    long memoryBytes() {
        return heap.memoryBytes();
    }
}
