package io.ferrymq.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ticks in the same distance from each other.
 *
 * @param from one interval before the first tick, in whole milliseconds; null while it is not put
 */
public record IntervalSchedule(Duration interval, @Nullable Instant from) implements Schedule {
    private static final Duration INTERVAL_MIN = Duration.ofMillis(100);
    private static final Duration INTERVAL_MAX = Duration.ofDays(36_525);

    public IntervalSchedule {
        boolean whole = interval.equals(interval.truncatedTo(ChronoUnit.MILLIS));
        if (!whole || interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("an interval of " + interval + ": from " + INTERVAL_MIN + " to "
                    + INTERVAL_MAX + " in whole milliseconds is possible");
        }
        if (from != null) {
            from = from.truncatedTo(ChronoUnit.MILLIS);
        }
    }

    /** The same, counted from a moment unless it says one itself. */
    IntervalSchedule begunAt(Instant moment) {
        return from == null ? new IntervalSchedule(interval, moment) : this;
    }

    /** The same, counted from a moment if it would begin only later. */
    IntervalSchedule begunBy(Instant moment) {
        return from != null && from.isAfter(moment) ? new IntervalSchedule(interval, moment) : this;
    }

    private long beginMillis() {
        if (from == null) {
            throw new IllegalStateException("an interval that was not put has not begun");
        }
        return from.toEpochMilli();
    }

    @Override
    public Optional<Instant> next(Instant after) {
        long begin = beginMillis();
        // The whole milliseconds decide: a moment within one is after its beginning.
        return Optional.of(Instant.ofEpochMilli(begin + Math.max(1, ticks(after, begin) + 1) * interval.toMillis()));
    }

    @Override
    public Optional<Instant> last(Instant notAfter) {
        long begin = beginMillis();
        long ticks = ticks(notAfter, begin);
        return ticks < 1 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(begin + ticks * interval.toMillis()));
    }

    private long ticks(Instant until, long begin) {
        return Math.floorDiv(until.toEpochMilli() - begin, interval.toMillis());
    }
}
