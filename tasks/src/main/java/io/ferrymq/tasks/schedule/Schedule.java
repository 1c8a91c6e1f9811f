package io.ferrymq.tasks.schedule;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** When something happens: a series of moments, called ticks. Immutable. */
public sealed interface Schedule permits IntervalSchedule, CronSchedule, OneTimeSchedule {
    /** The first tick after a moment; empty if there is none. */
    Optional<Instant> next(Instant after);

    /** The last tick at a moment or before; empty if there is none. */
    Optional<Instant> last(Instant notAfter);

    /**
     * Again and again in the same interval, for the first time one interval after it was put.
     *
     * @throws IllegalArgumentException if it is shorter than a tenth of a second, or no whole milliseconds
     */
    static Schedule every(Duration interval) {
        return new IntervalSchedule(interval, null);
    }

    /** Again and again in the same interval, counted from a moment; the first tick is one interval after that. */
    static Schedule every(Duration interval, Instant from) {
        return new IntervalSchedule(interval, from);
    }

    /**
     * By the clock on the wall, as cron says it.
     *
     * @param expression minute, hour, day of the month, month, day of the week
     * @throws IllegalArgumentException if it is no such expression, or its time never comes
     */
    static Schedule cron(String expression, ZoneId zone) {
        return new CronSchedule(expression, zone);
    }

    /** Once. Its entry goes when it has fired. */
    static Schedule at(Instant moment) {
        return new OneTimeSchedule(moment);
    }
}
