package io.ferrymq.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Whoever looks at a schedule whenever, sees the same ticks, also around the changes of clocks. */
final class CronScheduleProperties {
    private static final Duration SPAN = Duration.ofDays(1);

    @Provide
    Arbitrary<String> expressions() {
        Arbitrary<String> minutes = Arbitraries.of("0", "30", "*/7", "15,45", "59", "*");
        Arbitrary<String> hours = Arbitraries.of("*", "0", "1", "2", "3", "1,2,3", "*/2", "1-3", "23");
        Arbitrary<String> days = Arbitraries.of("* * *", "* * 0", "* 3,10,11 *", "25-31 * *");
        return Combinators.combine(minutes, hours, days).as((m, h, d) -> m + " " + h + " " + d);
    }

    @Provide
    Arbitrary<Instant> changes() {
        // When clocks change in Berlin and in New York, and a day when nothing happens.
        return Arbitraries.of(
                Instant.parse("2026-03-29T01:00:00Z"),
                Instant.parse("2026-10-25T01:00:00Z"),
                Instant.parse("2026-03-08T07:00:00Z"),
                Instant.parse("2026-11-01T06:00:00Z"),
                Instant.parse("2026-07-01T00:00:00Z"));
    }

    @Property(tries = 100)
    void nextAndLastAgreeFromEveryMoment(
            @ForAll("expressions") String expression,
            @ForAll("changes") Instant change,
            @ForAll @IntRange(max = 1) int place,
            @ForAll @LongRange(max = 60_000) long offMillis) {
        Schedule schedule = Schedule.cron(expression, ZoneId.of(place == 0 ? "Europe/Berlin" : "America/New_York"));
        Instant begin = change.minus(Duration.ofHours(12));
        Instant end = begin.plus(SPAN);
        TreeSet<Instant> ticks = new TreeSet<>();
        for (Instant tick = schedule.next(begin).orElseThrow();
                !tick.isAfter(end);
                tick = schedule.next(tick).orElseThrow()) {
            assertThat(ticks.add(tick)).isTrue();
        }
        for (Instant at = begin.plusMillis(offMillis); at.isBefore(end); at = at.plus(Duration.ofMinutes(19))) {
            Instant higher = ticks.higher(at);
            if (higher != null) {
                assertThat(schedule.next(at)).as("after %s", at).contains(higher);
            }
            Instant floor = ticks.floor(at);
            if (floor != null) {
                assertThat(schedule.last(at)).as("at %s", at).contains(floor);
            }
        }
    }
}
