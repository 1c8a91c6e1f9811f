package io.ferrymq.broker;

/**
 * What may still be done in this turn of the lane, in units of about 100 ns on the machine of {@code
 * docs/benchmarks.md}. Work is counted and not measured, so that a simulation does the same each time.
 *
 * <p>Thread contract: the shard's lane only.
 */
public final class TurnBudget {
    /** One go at something, whatever comes of it. */
    public static final int GO = 2;

    /** A message is settled or let go. */
    public static final int SETTLEMENT = 3;

    /** A message goes to a consumer. */
    public static final int DELIVERY = 10;

    /** A message is routed. */
    public static final int ROUTING = 8;

    /** A message joins a queue. */
    public static final int COPY = 3;

    /** A dead letter is read, made, routed and stored. */
    public static final int PUBLISH = 40;

    /** A queue, a binding or a consumer comes or goes. */
    public static final int REMOVAL = 30;

    /** A socket is written to. */
    public static final int SOCKET_WRITE = 60;

    private static final int BYTES_SHIFT = 8;
    private static final int HISTORY_BYTES_SHIFT = 4;

    private static final int TABLE_BYTES_SHIFT = 3;

    private static final int STEPS_PER_UNIT = 100;

    private long left;
    private long spent;

    public TurnBudget(long units) {
        left = units;
    }

    /** What bytes cost that are read from the disk, or copied and checked. */
    public static long ofBytes(long bytes) {
        return bytes >> BYTES_SHIFT;
    }

    /** What steps of about a nanosecond cost. */
    public static long ofSteps(long steps) {
        return steps / STEPS_PER_UNIT;
    }

    /** What it costs to read so many bytes of names and values, each of which may be as small as can be. */
    public static long ofTable(long bytes) {
        return bytes >> TABLE_BYTES_SHIFT;
    }

    /** What it costs to read, extend and write a history of so many bytes. */
    public static long ofHistory(long bytes) {
        return bytes >> HISTORY_BYTES_SHIFT;
    }

    /** Starts anew. */
    public void begin(long units) {
        left = units;
    }

    public void spend(long units) {
        left -= units;
        spent += units;
    }

    /** All that was ever spent: the difference is what something has cost. */
    public long spent() {
        return spent;
    }

    /** Nothing is left, whatever was: what is done next has to wait for something. */
    public void exhaust() {
        left = Math.min(left, 0);
    }

    /** Below zero if the last thing cost more than there was. */
    public long left() {
        return left;
    }

    public boolean isSpent() {
        return left <= 0;
    }
}
