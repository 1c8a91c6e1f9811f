package io.ferrymq.log;

import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list with a cheap first and last end and a binary search by sequence: chunks and segments are kept so. Lane-owned.
 */
final class SequenceRing<T> {
    private final ToLongFunction<T> firstSequence;
    private @Nullable Object[] items = new Object[16];
    private int head;
    private int size;

    SequenceRing(ToLongFunction<T> firstSequence) {
        this.firstSequence = firstSequence;
    }

    int size() {
        return size;
    }

    T get(int number) {
        // Only a T is ever put in, and numbers below size are never null.
        @SuppressWarnings({"unchecked", "NullAway"})
        T item = (T) items[slot(number)];
        return item;
    }

    void addLast(T item) {
        if (size == items.length) {
            grow();
        }
        items[slot(size++)] = item;
    }

    T removeFirst() {
        T item = get(0);
        items[head] = null;
        head = slot(1);
        size--;
        return item;
    }

    /** Removes one from the middle; those on the shorter side of it move up. */
    void remove(int number) {
        if (number < size / 2) {
            for (int i = number; i > 0; i--) {
                items[slot(i)] = items[slot(i - 1)];
            }
            removeFirst();
            return;
        }
        for (int i = number; i < size - 1; i++) {
            items[slot(i)] = items[slot(i + 1)];
        }
        items[slot(--size)] = null;
    }

    /** Number of the last item that begins at or before {@code sequence}, -1 if there is none. */
    int floor(long sequence) {
        int low = 0;
        int high = size - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (firstSequence.applyAsLong(get(middle)) <= sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    private int slot(int number) {
        return (head + number) & (items.length - 1);
    }

    private void grow() {
        @Nullable Object[] larger = Arrays.copyOfRange(items, head, head + items.length * 2);
        System.arraycopy(items, 0, larger, items.length - head, head);
        Arrays.fill(larger, items.length, larger.length, null);
        items = larger;
        head = 0;
    }
}
