package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/** The ordinals of messages that came back, the smallest first: a binary heap in pages. Lane only. */
final class Returned {
    private final PagedLongs heap;
    private int size;

    Returned(LongConsumer held) {
        this.heap = new PagedLongs(held);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The smallest ordinal; there has to be one. */
    long first() {
        return heap.get(0);
    }

    void add(long ordinal) {
        heap.reserve(size + 1);
        int at = size++;
        while (at > 0 && heap.get((at - 1) >>> 1) > ordinal) {
            heap.set(at, heap.get((at - 1) >>> 1));
            at = (at - 1) >>> 1;
        }
        heap.set(at, ordinal);
    }

    /** Takes the smallest ordinal out; there has to be one. */
    void removeFirst() {
        size--;
        long moved = heap.get(size);
        int at = 0;
        for (int child = 1; child < size; child = 2 * at + 1) {
            if (child + 1 < size && heap.get(child + 1) < heap.get(child)) {
                child++;
            }
            if (heap.get(child) >= moved) {
                break;
            }
            heap.set(at, heap.get(child));
            at = child;
        }
        heap.set(at, moved);
        heap.release(size);
    }

    /** All ordinals, ascending; a copy. */
    long[] sorted() {
        long[] all = new long[size];
        for (int i = 0; i < size; i++) {
            all[i] = heap.get(i);
        }
        Arrays.sort(all);
        return all;
    }

    long memoryBytes() {
        return heap.memoryBytes();
    }
}
