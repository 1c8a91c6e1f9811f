package io.ferrymq.broker.queue;

/**
 * How a message that was handed out is known: two numbers that its consumer's session keeps, and hands back with its
 * answer. The queue keeps nothing of its own for a delivery: what else it has to know is in the index until the message
 * is settled.
 *
 * <pre>
 *   place   level << 56 | ordinal
 *   mark    sequence << 1 | 1 if durable
 * </pre>
 */
final class InFlight {
    private static final int LEVEL_SHIFT = 56;
    private static final long ORDINAL_MASK = (1L << LEVEL_SHIFT) - 1;

    private InFlight() {}

    static long place(int level, long ordinal) {
        return (long) level << LEVEL_SHIFT | ordinal;
    }

    static int level(long place) {
        return (int) (place >>> LEVEL_SHIFT);
    }

    static long ordinal(long place) {
        return place & ORDINAL_MASK;
    }

    static long mark(Entry entry) {
        return entry.sequence << 1 | (entry.durable ? 1 : 0);
    }

    /** Fills in what the two numbers tell: all that settling needs. Size and expiry are the index's to tell. */
    static void show(long place, long mark, Entry entry) {
        entry.ordinal = ordinal(place);
        entry.sequence = mark >>> 1;
        entry.durable = (mark & 1) != 0;
    }
}
