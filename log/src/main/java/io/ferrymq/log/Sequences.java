package io.ferrymq.log;

/**
 * How the one counter is shared: durable records take even sequences, transient ones odd ones, each the next that is
 * free. The parity tells where a record lives, so that a release needs no look at the record and nothing per record has
 * to be remembered for it.
 */
final class Sequences {
    /** Comes before every record. */
    static final long NONE = 0;

    private Sequences() {}

    /** The first even sequence after {@code sequence}. */
    static long nextDurable(long sequence) {
        return (sequence | 1) + 1;
    }

    /** The first odd sequence after {@code sequence}. */
    static long nextTransient(long sequence) {
        return (sequence + 1) | 1;
    }

    static boolean isTransient(long sequence) {
        return (sequence & 1) != 0;
    }
}
