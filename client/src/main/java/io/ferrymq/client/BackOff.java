package io.ferrymq.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before trying again: twice as long each time, and a random part of it less, so that those who failed
 * together do not come back together.
 *
 * @param first before the second attempt
 * @param most however many attempts there were
 */
public record BackOff(Duration first, Duration most) {
    private static final int DOUBLINGS_MAX = 30;

    public BackOff {
        if (first.isNegative() || first.isZero() || most.compareTo(first) < 0) {
            throw new IllegalArgumentException("a back-off from " + first + " to " + most);
        }
    }

    /** Milliseconds to wait after attempt number {@code attempt}, counted from 1: between half of the time and all of it. */
    public long millisAfter(int attempt) {
        long doubled = first.toMillis() << Math.min(attempt - 1, DOUBLINGS_MAX);
        long whole = Math.max(1, Math.min(doubled, most.toMillis()));
        return whole / 2 + ThreadLocalRandom.current().nextLong(whole - whole / 2 + 1);
    }
}
