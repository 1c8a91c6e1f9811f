package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** The ordinals of messages that came back, the smallest first: a binary heap in one array. Lane only. */
final class Returned {
    private static final long[] NOTHING = {};
    private static final int CAPACITY_FIRST = 8;
    /** A larger array is given up when nothing is in it. */
    private static final int IDLE_CAPACITY_MAX = 256;

    private long[] heap = NOTHING;
    private final LongConsumer held;
    private int size;

    Returned(LongConsumer held) {
        this.held = held;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The smallest ordinal; there has to be one. */
    long first() {
        return heap[0];
    }

    void add(long ordinal) {
        if (size == heap.length) {
            become(Arrays.copyOf(heap, Math.max(CAPACITY_FIRST, size * 2)));
        }
        int at = size++;
        while (at > 0 && heap[(at - 1) >>> 1] > ordinal) {
            heap[at] = heap[(at - 1) >>> 1];
            at = (at - 1) >>> 1;
        }
        heap[at] = ordinal;
    }

    /** Takes the smallest ordinal out; there has to be one. */
    void removeFirst() {
        size--;
        long moved = heap[size];
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap[child + 1] < heap[child]) {
                child++;
            }
            if (heap[child] >= moved) {
                break;
            }
            heap[at] = heap[child];
            at = child;
        }
        heap[at] = moved;
        if (size == 0 && heap.length > IDLE_CAPACITY_MAX) {
            become(NOTHING);
        }
    }

    private void become(long[] other) {
        held.accept((long) (other.length - heap.length) * Long.BYTES);
        heap = other;
    }

    /** All ordinals, ascending; a copy. */
    long[] sorted() {
        long[] all = Arrays.copyOf(heap, size);
        Arrays.sort(all);
        return all;
    }

    long memoryBytes() {
        return (long) heap.length * Long.BYTES;
    }
}
