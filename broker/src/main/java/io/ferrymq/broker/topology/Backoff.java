package io.ferrymq.broker.topology;

/** How the wait before another delivery grows from one return of a message to the next. */
public enum Backoff {
    /** The shortest wait times the number of the return. */
    LINEAR("linear") {
        @Override
        long delayMillis(long minMillis, long maxMillis, int returns) {
            return minMillis > maxMillis / returns ? maxMillis : minMillis * returns;
        }
    },
    /** Twice the wait before. */
    EXPONENTIAL("exponential") {
        @Override
        long delayMillis(long minMillis, long maxMillis, int returns) {
            int doublings = Math.min(returns - 1, Long.SIZE - 1);
            return minMillis > maxMillis >> doublings ? maxMillis : minMillis << doublings;
        }
    };

    private final String wireName;

    Backoff(String wireName) {
        this.wireName = wireName;
    }

    /** The value of {@code x-ferry-retry-backoff}. */
    public String wireName() {
        return wireName;
    }

    /** The wait before the delivery that follows the {@code returns}-th return, 1 and up; at most {@code maxMillis}. */
    abstract long delayMillis(long minMillis, long maxMillis, int returns);
}
