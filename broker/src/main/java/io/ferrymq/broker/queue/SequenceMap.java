package io.ferrymq.broker.queue;

import java.util.Arrays;
import java.util.function.LongConsumer;

/**
 * A number for each of some messages, by their sequences: open addressing in two arrays, at most three quarters full, so 22
 * to 43 bytes a message where a map of objects takes a hundred. Lane only.
 *
 * <p>It is made of parts, of which a new one takes over some of an older one's messages whenever they have become {@value
 * #PART_MAX} on average (linear hashing). So it grows and shrinks by small steps, however many messages there are: one
 * pair of arrays that doubled would need three times its memory for a moment.
 */
final class SequenceMap {
    /** Sees every sequence with its number. */
    interface Visitor {
        void visit(long sequence, long value);
    }

    private static final int PART_MAX = 3000;
    private static final int PART_BYTES = 32;

    /** Parts and places in them are told by different bits of the hash. */
    private static final int PART_SHIFT = 45;

    private final LongConsumer held;
    private Part[] parts;
    private int partCount = 1;
    private int size;

    SequenceMap(LongConsumer held) {
        this.held = held;
        this.parts = new Part[] {new Part(held)};
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The message's number; {@code otherwise} if it has none. */
    long get(long sequence, long otherwise) {
        return size == 0 ? otherwise : partOf(sequence).get(sequence, otherwise);
    }

    void put(long sequence, long value) {
        if (sequence == Part.FREE) {
            throw new IllegalArgumentException("no message has sequence " + sequence);
        }
        if (size >= partCount * PART_MAX) {
            split();
        }
        size += partOf(sequence).put(sequence, value) ? 1 : 0;
    }

    void remove(long sequence) {
        if (size > 0 && partOf(sequence).remove(sequence)) {
            size--;
            if (size == 0) {
                clear();
            }
        }
    }

    void clear() {
        size = 0;
        parts[0].clear();
        for (int i = 1; i < partCount; i++) {
            parts[i].release();
        }
        held.accept(-directoryBytes());
        parts = new Part[] {parts[0]};
        partCount = 1;
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < partCount; i++) {
            parts[i].forEach(visitor);
        }
    }

    long memoryBytes() {
        long bytes = directoryBytes();
        for (int i = 0; i < partCount; i++) {
            bytes += parts[i].memoryBytes();
        }
        return bytes;
    }

    /** What all parts but the first take beside their arrays. */
    private long directoryBytes() {
        return (long) (parts.length - 1) * Integer.BYTES + (long) (partCount - 1) * PART_BYTES;
    }

    private Part partOf(long sequence) {
        return parts[numberOf(sequence)];
    }

    /** By as many bits of the hash as it takes to count all parts, or by one less if there is no such part yet. */
    private int numberOf(long sequence) {
        int half = Integer.highestOneBit(partCount);
        int bits = (int) (hash(sequence) >>> PART_SHIFT) & (2 * half - 1);
        return bits < partCount ? bits : bits & (half - 1);
    }

    private static long hash(long sequence) {
        return sequence * 0x9E3779B97F4A7C15L;
    }

    /** Makes the next part, which takes over what is its own from the one that had it so far. */
    private void split() {
        if (partCount == parts.length) {
            held.accept((long) parts.length * Integer.BYTES);
            parts = Arrays.copyOf(parts, parts.length * 2);
        }
        int number = partCount - Integer.highestOneBit(partCount);
        Part whole = parts[number];
        parts[number] = new Part(held);
        parts[partCount++] = new Part(held);
        held.accept(PART_BYTES);
        whole.forEach((sequence, value) -> partOf(sequence).put(sequence, value));
        whole.release();
    }

    /** Open addressing in two arrays. */
    private static final class Part {
        /** No message has this sequence. */
        private static final long FREE = 0;

        private static final int CAPACITY_FIRST = 8;
        private static final int SHRINK_DIVISOR = 8;
        private static final int HASH_SHIFT = 32;
        private static final long[] NOTHING = {};

        private final LongConsumer held;
        private long[] keys = NOTHING;
        private long[] values = NOTHING;
        private int size;

        Part(LongConsumer held) {
            this.held = held;
        }

        long get(long sequence, long otherwise) {
            if (size == 0) {
                return otherwise;
            }
            int slot = find(sequence);
            return keys[slot] == sequence ? values[slot] : otherwise;
        }

        /** Whether it is a new one. */
        boolean put(long sequence, long value) {
            if ((size + 1) * 4L > keys.length * 3L) {
                rebuild(Math.max(CAPACITY_FIRST, keys.length * 2));
            }
            int slot = find(sequence);
            boolean isNew = keys[slot] == FREE;
            size += isNew ? 1 : 0;
            keys[slot] = sequence;
            values[slot] = value;
            return isNew;
        }

        /** Whether it was there. */
        boolean remove(long sequence) {
            if (size == 0) {
                return false;
            }
            int slot = find(sequence);
            if (keys[slot] != sequence) {
                return false;
            }
            size--;
            close(slot);
            if (size < keys.length / SHRINK_DIVISOR && keys.length > CAPACITY_FIRST) {
                rebuild(keys.length / 2);
            }
            return true;
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

        /** Gives up its arrays: it is used no more. */
        void release() {
            size = 0;
            become(NOTHING, NOTHING);
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
            return (int) (hash(sequence) >>> HASH_SHIFT) & (keys.length - 1);
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
}
