package io.ferrymq.broker.topology;

/**
 * How long a message that came back waits before it is handed out again (RabbitMQ 4.3, delayed retry of quorum queues;
 * shape and jitter are FerryMQ's own).
 *
 * @param type which messages wait
 * @param minMillis the wait after the first return, 1 and up
 * @param maxMillis the longest wait, 1 and up
 * @param backoff how the wait grows
 * @param jitterPercent how much of the wait is left to chance, 0 to 100
 */
public record DelayedRetry(RetryType type, long minMillis, long maxMillis, Backoff backoff, int jitterPercent) {
    /** The most that {@link #jitterPercent} can be: any wait from none at all up to the whole. */
    public static final int JITTER_PERCENT_MAX = 100;

    /** Nothing waits. */
    public static final DelayedRetry NONE = new DelayedRetry(RetryType.DISABLED, 1, 1, Backoff.LINEAR, 0);

    /**
     * The wait after so many returns.
     *
     * @param returns how often the message came back, 1 and up
     * @param chance from 0, for the whole wait, to 1, for the shortest that the jitter allows
     */
    public long delayMillis(int returns, double chance) {
        long wholeMillis = backoff.delayMillis(minMillis, maxMillis, returns);
        return wholeMillis - (long) (wholeMillis * (jitterPercent * chance / JITTER_PERCENT_MAX));
    }
}
