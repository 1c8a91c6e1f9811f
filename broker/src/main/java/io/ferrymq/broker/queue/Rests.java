package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * Places of messages that rest, by when something happens to them, and then by place: a binary heap in one array of three
 * numbers each. Lane only.
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
    private static final int ROWS_FIRST = 4;
    /** A larger array is given up when nothing is in it. */
    private static final int IDLE_ROWS_MAX = 256;

    private static final long[] NOTHING = {};

    private long[] heap = NOTHING;
    private final LongConsumer held;
    private int size;

    Rests(LongConsumer held) {
        this.held = held;
    }

    int size() {
        return size;
    }

    /** There has to be one. */
    long firstWakesAtMillis() {
        return heap[0];
    }

    /** There has to be one. */
    long firstPlace() {
        return heap[PLACE];
    }

    void add(long wakesAtMillis, long untilMillis, long place) {
        if ((size + 1) * WIDTH > heap.length) {
            become(Arrays.copyOf(heap, Math.max(ROWS_FIRST, size * 2) * WIDTH));
        }
        int at = size++;
        for (int parent = (at - 1) >> 1; at > 0 && isAfter(parent, wakesAtMillis, place); parent = (at - 1) >> 1) {
            System.arraycopy(heap, parent * WIDTH, heap, at * WIDTH, WIDTH);
            at = parent;
        }
        set(at, wakesAtMillis, untilMillis, place);
    }

    /** Takes the first one out; there has to be one. */
    void removeFirst() {
        size--;
        long wakesAtMillis = heap[size * WIDTH];
        long untilMillis = heap[size * WIDTH + UNTIL];
        long place = heap[size * WIDTH + PLACE];
        int at = 0;
        for (int child = smallerChild(at); child < size && !isAfter(child, wakesAtMillis, place); ) {
            System.arraycopy(heap, child * WIDTH, heap, at * WIDTH, WIDTH);
            at = child;
            child = smallerChild(at);
        }
        set(at, wakesAtMillis, untilMillis, place);
        if (size == 0 && heap.length > IDLE_ROWS_MAX * WIDTH) {
            become(NOTHING);
        }
    }

    private void become(long[] other) {
        held.accept((long) (other.length - heap.length) * Long.BYTES);
        heap = other;
    }

    private int smallerChild(int at) {
        int child = 2 * at + 1;
        int other = child + 1;
        return other < size && isAfter(child, heap[other * WIDTH], heap[other * WIDTH + PLACE]) ? other : child;
    }

    private boolean isAfter(int row, long wakesAtMillis, long place) {
        long wakes = heap[row * WIDTH];
        return wakes > wakesAtMillis || (wakes == wakesAtMillis && heap[row * WIDTH + PLACE] > place);
    }

    private void set(int row, long wakesAtMillis, long untilMillis, long place) {
        heap[row * WIDTH] = wakesAtMillis;
        heap[row * WIDTH + UNTIL] = untilMillis;
        heap[row * WIDTH + PLACE] = place;
    }

    void forEach(Visitor visitor) {
        for (int row = 0; row < size; row++) {
            visitor.visit(heap[row * WIDTH + PLACE], heap[row * WIDTH + UNTIL]);
        }
    }

    /** Whether that place is here. Looks at all. */
    boolean has(long place) {
        for (int row = 0; row < size; row++) {
            if (heap[row * WIDTH + PLACE] == place) {
                return true;
            }
        }
        return false;
    }

    long memoryBytes() {
        return (long) heap.length * Long.BYTES;
    }
}
