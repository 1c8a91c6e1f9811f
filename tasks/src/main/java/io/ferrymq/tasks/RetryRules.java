package io.ferrymq.tasks;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * When and how often a failed call is tried again.
 *
 * @param max how often; {@link #UNLIMITED} for until it succeeds
 * @param on the exceptions that are worth it; empty for only those that the task asks for itself
 * @param exceptOn those that are not, although {@code on} has them
 * @param first before the first retry
 * @param longest each retry waits up to twice as long as the one before, up to this
 * @param jitter whether calls that failed together come back together
 */
public record RetryRules(
        int max,
        List<Class<? extends Throwable>> on,
        List<Class<? extends Throwable>> exceptOn,
        Duration first,
        Duration longest,
        Jitter jitter) {
    /** As many retries as it takes. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final int DOUBLINGS_MAX = 62;

    /** How exact a delay is. */
    public enum Jitter {
        /** Anything between nothing and the delay. */
        FULL,
        /** The delay. */
        NONE
    }

    public RetryRules {
        on = List.copyOf(on);
        exceptOn = List.copyOf(exceptOn);
        if (max < 0 || first.isNegative() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException(
                    "retries, or the delay before them, are negative or the wrong way round");
        }
    }

    /** Whether there is a retry left after so many. */
    public boolean isLeftAfter(int retries) {
        return max == UNLIMITED || retries < max;
    }

    /** Whether an exception is worth a retry that the task did not ask for. Arguments do not become right by waiting. */
    public boolean isWorthARetry(Throwable cause) {
        return !(cause instanceof WrongArgumentsException)
                && on.stream().anyMatch(type -> type.isInstance(cause))
                && exceptOn.stream().noneMatch(type -> type.isInstance(cause));
    }

    /** How long a call waits that was tried again so often before. */
    public Duration delayAfter(int retries, RandomGenerator random) {
        long firstMillis = first.toMillis();
        int doublings = Math.min(retries, DOUBLINGS_MAX);
        long grownMillis = firstMillis > Long.MAX_VALUE >> doublings ? Long.MAX_VALUE : firstMillis << doublings;
        long delayMillis = Math.min(longest.toMillis(), grownMillis);
        return Duration.ofMillis(
                jitter == Jitter.NONE || delayMillis == 0 ? delayMillis : random.nextLong(delayMillis + 1));
    }
}
