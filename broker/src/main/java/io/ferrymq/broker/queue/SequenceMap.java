package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A number for each of some messages, by their sequences: open addressing in two arrays, at most three quarters full, so 22
 * to 43 bytes a message where a map of objects takes a hundred. Lane only.
 */
final class SequenceMap {
    /** Sees every sequence with its number. */
    interface Visitor {
        void visit(long sequence, long value);
    }

    private static final int CAPACITY_FIRST = 8;
    private static final long[] NOTHING = {};
    /** No message has this sequence. */
    private static final long FREE = 0;

    private long[] keys = NOTHING;
    private long[] values = NOTHING;
    private final LongConsumer held;
    private int size;

    SequenceMap(LongConsumer held) {
        this.held = held;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The message's number; {@code otherwise} if it has none. */
    long get(long sequence, long otherwise) {
        if (size == 0) {
            return otherwise;
        }
        int slot = find(sequence);
        return keys[slot] == sequence ? values[slot] : otherwise;
    }

    void put(long sequence, long value) {
        if (sequence == FREE) {
            throw new IllegalArgumentException("no message has sequence " + sequence);
        }
        if ((size + 1) * 4L > keys.length * 3L) {
            rebuild(Math.max(CAPACITY_FIRST, keys.length * 2));
        }
        int slot = find(sequence);
        size += keys[slot] == FREE ? 1 : 0;
        keys[slot] = sequence;
        values[slot] = value;
    }

    void remove(long sequence) {
        if (size == 0) {
            return;
        }
        int slot = find(sequence);
        if (keys[slot] != sequence) {
            return;
        }
        size--;
        if (size == 0) {
            clear();
        } else {
            close(slot);
        }
    }

    /** Moves what stands behind a slot that becomes free forward, so that everything is still found. */
    private void close(int gone) {
        int mask = keys.length - 1;
        int free = gone;
        for (int slot = (free + 1) & mask; keys[slot] != FREE; slot = (slot + 1) & mask) {
            int distanceFromHome = (slot - home(keys[slot])) & mask;
            if (distanceFromHome >= ((slot - free) & mask)) {
                keys[free] = keys[slot];
                values[free] = values[slot];
                free = slot;
            }
        }
        keys[free] = FREE;
    }

    void clear() {
        size = 0;
        if (keys.length > CAPACITY_FIRST) {
            become(NOTHING, NOTHING);
        } else {
            Arrays.fill(keys, FREE);
        }
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i] != FREE) {
                visitor.visit(keys[i], values[i]);
            }
        }
    }

    long memoryBytes() {
        return (long) keys.length * 2 * Long.BYTES;
    }

    private void become(long[] newKeys, long[] newValues) {
        held.accept((long) (newKeys.length - keys.length) * 2 * Long.BYTES);
        keys = newKeys;
        values = newValues;
    }

    private int home(long sequence) {
        long mixed = sequence * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & (keys.length - 1);
    }

    /** The slot of a sequence, or the free one that it would take. There has to be a free one. */
    private int find(long sequence) {
        int slot = home(sequence);
        while (keys[slot] != sequence && keys[slot] != FREE) {
            slot = (slot + 1) & (keys.length - 1);
        }
        return slot;
    }

    private void rebuild(int capacity) {
        long[] oldKeys = keys;
        long[] oldValues = values;
        become(new long[capacity], new long[capacity]);
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldKeys[i] != FREE) {
                int slot = find(oldKeys[i]);
                keys[slot] = oldKeys[i];
                values[slot] = oldValues[i];
            }
        }
    }
}
