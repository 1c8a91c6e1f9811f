package io.ferrymq.log;

import java.util.Arrays;

/**
 * Sequence to position for one stored run of records, about one entry for every {@link #SPACING_BYTES}. Entries point
 * at a record or at the batch header before it; a reader walks on from there. Eight bytes an entry. Lane-owned.
 */
final class SparseIndex {
    static final int SPACING_BYTES = 4096;

    private static final int CAPACITY_FIRST = 4;

    private final long firstSequence;
    private final long firstPosition;
    private int[] sequenceOffsets = new int[CAPACITY_FIRST];
    private int[] positionOffsets = new int[CAPACITY_FIRST];

    /** The first entry is the run's beginning, at offsets 0 and 0. */
    private int count = 1;

    SparseIndex(long firstSequence, long firstPosition) {
        this.firstSequence = firstSequence;
        this.firstPosition = firstPosition;
    }

    /** Puts an entry behind number {@code entry}; one that is too far away to be stored is left out. */
    void insertAfter(int entry, long sequence, long position) {
        long sequenceOffset = sequence - firstSequence;
        long positionOffset = position - firstPosition;
        if (sequenceOffset > Integer.MAX_VALUE || positionOffset > Integer.MAX_VALUE) {
            return;
        }
        if (count == sequenceOffsets.length) {
            sequenceOffsets = Arrays.copyOf(sequenceOffsets, count * 2);
            positionOffsets = Arrays.copyOf(positionOffsets, count * 2);
        }
        int at = entry + 1;
        System.arraycopy(sequenceOffsets, at, sequenceOffsets, at + 1, count - at);
        System.arraycopy(positionOffsets, at, positionOffsets, at + 1, count - at);
        sequenceOffsets[at] = (int) sequenceOffset;
        positionOffsets[at] = (int) positionOffset;
        count++;
    }

    /** Whether a place is so far behind entry number {@code entry} that it deserves an entry of its own. */
    boolean lacks(int entry, long sequence, long position) {
        return position - position(entry) >= SPACING_BYTES && sequence > sequence(entry);
    }

    /** Puts an entry behind number {@code entry}; returns the number of the entry that is nearest to it now. */
    int insertNear(int entry, long sequence, long position) {
        insertAfter(entry, sequence, position);
        return Math.min(entry + 1, floor(sequence));
    }

    /** Adds an entry behind all others. */
    void add(long sequence, long position) {
        insertAfter(count - 1, sequence, position);
    }

    /** Adds the entries of a run that lies behind this one, and near enough for all of them. */
    void addAll(SparseIndex next) {
        for (int i = 0; i < next.count; i++) {
            add(next.sequence(i), next.position(i));
        }
    }

    /** Adds an entry behind all others unless the last one is near. */
    void addIfFar(long sequence, long position) {
        if (position >= nextPosition()) {
            add(sequence, position);
        }
    }

    /** Where the entry behind all others is due. */
    long nextPosition() {
        return position(count - 1) + SPACING_BYTES;
    }

    /** Number of the last entry at or before {@code sequence}, -1 if that comes before the run. */
    int floor(long sequence) {
        int low = 0;
        int high = count - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (sequence(middle) <= sequence) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }

    long sequence(int entry) {
        return firstSequence + sequenceOffsets[entry];
    }

    long position(int entry) {
        return firstPosition + positionOffsets[entry];
    }

    /** Where the next entry is, or would be in a run that ends at {@code end}. */
    long nextPosition(int entry, long end) {
        return entry + 1 < count ? position(entry + 1) : Math.min(end, position(entry) + SPACING_BYTES);
    }

    int count() {
        return count;
    }

    /** Whether forgetting would free anything. */
    boolean clearable() {
        return count > 1;
    }

    /** Forgets all but the beginning; a reader fills it again as it walks. */
    void clear() {
        sequenceOffsets = new int[CAPACITY_FIRST];
        positionOffsets = new int[CAPACITY_FIRST];
        count = 1;
    }

    int memoryBytes() {
        return sequenceOffsets.length * 2 * Integer.BYTES;
    }
}
