package io.ferrymq.client;

import java.time.Duration;

/**
 * What happens to a message whose handler failed. It stays with its consumer for the back-off and is handled again; after
 * the last attempt it is rejected, which makes it a dead letter.
 *
 * <p>While it waits, it counts as delivered. A broker that limits that time (RabbitMQ: 30 minutes) must allow for the sum
 * of all waits.
 *
 * @param attemptsMax how often a handler gets it; {@link #UNLIMITED} for ever
 */
public record RetryPolicy(int attemptsMax, BackOff backOff) {
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /** For ever, from a tenth of a second to a minute apart: nothing is lost, and it is seen that nothing goes on. */
    public static final RetryPolicy FOREVER =
            new RetryPolicy(UNLIMITED, new BackOff(Duration.ofMillis(100), Duration.ofMinutes(1)));

    public RetryPolicy {
        if (attemptsMax < 1) {
            throw new IllegalArgumentException(attemptsMax + " attempts");
        }
    }

    /** So many attempts, from a tenth of a second to a minute apart. The queue must have dead letters. */
    public static RetryPolicy attempts(int attemptsMax) {
        return new RetryPolicy(attemptsMax, FOREVER.backOff);
    }

    public RetryPolicy backOff(Duration first, Duration most) {
        return new RetryPolicy(attemptsMax, new BackOff(first, most));
    }
}
