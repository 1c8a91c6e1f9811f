package io.ferrymq.tasks.schedule;

/**
 * What is made up for when no scheduler ran, or none could: so many of the newest ticks that were missed. A tick counts
 * as missed when the next one has come, too, or when it is more than a minute late.
 *
 * @param max how many of the ticks that have come since the last firing fire now, the newest ones; one that is not missed
 *     fires in any case
 */
public record MissedRuns(int max) {
    private static final int MAX = 1_000;

    public static final MissedRuns SKIP = new MissedRuns(0);

    /** One firing for all of them; what an entry does unless it says otherwise. */
    public static final MissedRuns ONCE = new MissedRuns(1);

    public MissedRuns {
        if (max < 0 || max > MAX) {
            throw new IllegalArgumentException("missed runs to make up for: 0 to " + MAX + " are possible, not " + max);
        }
    }

    /** Each of them fires, up to so many. */
    public static MissedRuns all(int max) {
        return new MissedRuns(max);
    }
}
