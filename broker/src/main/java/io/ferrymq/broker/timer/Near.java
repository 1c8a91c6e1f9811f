package io.ferrymq.broker.timer;

import io.ferrymq.broker.message.Varint;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.IntPredicate;

/**
 * The entries that are due first, about a page of them, and those that were moved; the first due first and among equals the
 * lower sequence: a binary heap in arrays, so that no entry is an object.
 */
final class Near {
    private static final int ENTRIES_FIRST = 64;
    private static final int ENTRY_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private long[] dues = new long[ENTRIES_FIRST];
    private long[] sequences = new long[ENTRIES_FIRST];
    /** The holder's number, negative for an entry that is not durable. */
    private int[] holders = new int[ENTRIES_FIRST];

    private int size;

    void add(long dueMillis, long sequence, int holder, boolean durable) {
        if (size == dues.length) {
            resize(size * 2);
        }
        set(size, dueMillis, sequence, durable ? holder : -holder);
        size++;
        siftUp(size - 1);
    }

    /** Shows the first entry; false if there is none. */
    boolean peek(DueEntry entry) {
        if (size == 0) {
            return false;
        }
        show(0, entry);
        return true;
    }

    long firstDueMillis() {
        return size == 0 ? Tier.NEVER : dues[0];
    }

    long firstSequence() {
        return size == 0 ? Tier.NEVER : sequences[0];
    }

    boolean isFirst(long sequence) {
        return size > 0 && sequences[0] == sequence;
    }

    boolean remove(long sequence, DueEntry removed) {
        for (int i = 0; i < size; i++) {
            if (sequences[i] == sequence) {
                show(i, removed);
                removeAt(i);
                return true;
            }
        }
        return false;
    }

    boolean find(long sequence, DueEntry found) {
        for (int i = 0; i < size; i++) {
            if (sequences[i] == sequence) {
                show(i, found);
                return true;
            }
        }
        return false;
    }

    void removeAll(IntPredicate ofHolder, Timetable.Visitor visitor) {
        DueEntry entry = new DueEntry();
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (ofHolder.test(Math.abs(holders[i]))) {
                show(i, entry);
                visitor.visit(entry);
            } else {
                set(kept++, dues[i], sequences[i], holders[i]);
            }
        }
        size = kept;
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    void forEach(Timetable.Visitor visitor) {
        DueEntry entry = new DueEntry();
        for (int i = 0; i < size; i++) {
            show(i, entry);
            visitor.visit(entry);
        }
    }

    long memoryBytes() {
        return (long) dues.length * ENTRY_BYTES;
    }

    private void show(int i, DueEntry entry) {
        entry.set(dues[i], sequences[i], Math.abs(holders[i]), holders[i] > 0);
    }

    private void set(int i, long dueMillis, long sequence, int holder) {
        dues[i] = dueMillis;
        sequences[i] = sequence;
        holders[i] = holder;
    }

    private void removeAt(int i) {
        size--;
        if (i < size) {
            set(i, dues[size], sequences[size], holders[size]);
            siftDown(i);
            siftUp(i);
        }
        if (dues.length > ENTRIES_FIRST && size < dues.length / 4) {
            resize(dues.length / 2);
        }
    }

    private void resize(int capacity) {
        dues = Arrays.copyOf(dues, capacity);
        sequences = Arrays.copyOf(sequences, capacity);
        holders = Arrays.copyOf(holders, capacity);
    }

    private void siftUp(int from) {
        int i = from;
        while (i > 0 && isBefore(i, (i - 1) / 2)) {
            swap(i, (i - 1) / 2);
            i = (i - 1) / 2;
        }
    }

    private void siftDown(int from) {
        int i = from;
        while (2 * i + 1 < size) {
            int child = 2 * i + 1;
            if (child + 1 < size && isBefore(child + 1, child)) {
                child++;
            }
            if (!isBefore(child, i)) {
                return;
            }
            swap(i, child);
            i = child;
        }
    }

    private boolean isBefore(int i, int j) {
        return dues[i] < dues[j] || (dues[i] == dues[j] && sequences[i] < sequences[j]);
    }

    private void swap(int i, int j) {
        long dueMillis = dues[i];
        long sequence = sequences[i];
        int holder = holders[i];
        set(i, dues[j], sequences[j], holders[j]);
        set(j, dueMillis, sequence, holder);
    }

    int size() {
        return size;
    }

    /** Durable entries of known holders: varint count, then for each: varint due, varint sequence, varint holder. */
    void encode(ByteBuf out, IntPredicate isKnown) {
        int durable = 0;
        for (int i = 0; i < size; i++) {
            durable += holders[i] > 0 && isKnown.test(holders[i]) ? 1 : 0;
        }
        Varint.write(out, durable);
        for (int i = 0; i < size; i++) {
            if (holders[i] > 0 && isKnown.test(holders[i])) {
                Varint.write(out, dues[i]);
                Varint.write(out, sequences[i]);
                Varint.write(out, holders[i]);
            }
        }
    }

    void decode(ByteBuf in, Timetable.Visitor visitor) {
        int count = Varint.readCount(in, 3);
        if (count > dues.length) {
            resize(count);
        }
        for (int i = 0; i < count; i++) {
            add(Varint.read(in), Varint.read(in), Varint.readInt(in), true);
        }
        forEach(visitor);
    }
}
