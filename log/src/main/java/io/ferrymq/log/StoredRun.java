package io.ferrymq.log;

/**
 * A stretch of one file that holds records in order: a journal segment, or transient records in a scratch file.
 * Lane-owned.
 */
final class StoredRun {
    private final String file;
    private final SparseIndex index;
    private long end;
    private long readNumber;
    private long generation;

    StoredRun(String file, long firstSequence, long begin, long end) {
        this.file = file;
        this.index = new SparseIndex(firstSequence, begin);
        this.end = end;
    }

    String file() {
        return file;
    }

    SparseIndex index() {
        return index;
    }

    /** Where its first record is. */
    long begin() {
        return index.position(0);
    }

    /** Takes over what lies right behind; its beginning gets an entry, since no record says how far it is from the last. */
    void append(StoredRun next) {
        index.addAll(next.index);
        end = next.end;
    }

    /** Up to which position the file may be read: what is behind it is not written, or not by this run. */
    long end() {
        return end;
    }

    /** Notes that it was read, as the nth read of all. */
    void readAs(long number) {
        readNumber = number;
    }

    /** The higher, the more recently it was read. */
    long readNumber() {
        return readNumber;
    }

    /** What the batches of a journal segment are sealed with; 0 if nobody has looked. */
    long generation() {
        return generation;
    }

    void generation(long found) {
        generation = found;
    }

    void extendTo(long position) {
        end = position;
    }
}
