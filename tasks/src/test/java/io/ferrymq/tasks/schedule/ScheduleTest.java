package io.ferrymq.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static List<String> ticks(Schedule schedule, String from, ZoneId zone, int count) {
        List<String> ticks = new ArrayList<>();
        Instant at = OffsetDateTime.parse(from).toInstant();
        for (int i = 0; i < count; i++) {
            at = schedule.next(at).orElseThrow();
            ticks.add(at.atZone(zone).toOffsetDateTime().toString());
        }
        return ticks;
    }

    @Test
    void anIntervalTicksInTheSameDistanceFromItsBeginning() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");
        Schedule schedule = Schedule.every(Duration.ofSeconds(90), begin);
        assertThat(schedule.next(begin)).contains(begin.plusSeconds(90));
        assertThat(schedule.next(begin.plusSeconds(90))).contains(begin.plusSeconds(180));
        assertThat(schedule.next(begin.minusSeconds(1_000))).contains(begin.plusSeconds(90));
        assertThat(schedule.last(begin.plusSeconds(89))).isEmpty();
        assertThat(schedule.last(begin.plusSeconds(90))).contains(begin.plusSeconds(90));
        assertThat(schedule.last(begin.plusSeconds(1_000_000))).contains(begin.plusSeconds(999_990));
    }

    @Test
    void anIntervalIsNeitherTinyNorEndlessNorHasPartsOfAMillisecond() {
        for (Duration wrong :
                List.of(Duration.ZERO, Duration.ofMillis(99), Duration.ofNanos(200_000_001), Duration.ofDays(40_000))) {
            assertThatIllegalArgumentException().isThrownBy(() -> Schedule.every(wrong));
        }
    }

    @Test
    void aOneTimeScheduleTicksOnce() {
        Instant moment = Instant.parse("2026-01-01T00:00:00Z");
        Schedule schedule = Schedule.at(moment);
        assertThat(schedule.next(moment.minusMillis(1))).contains(moment);
        assertThat(schedule.next(moment)).isEmpty();
        assertThat(schedule.last(moment)).contains(moment);
        assertThat(schedule.last(moment.minusMillis(1))).isEmpty();
    }

    @Test
    void cronTicksByTheWallClockOfItsZone() {
        assertThat(ticks(Schedule.cron("30 7 * * MON-FRI", BERLIN), "2026-01-01T06:30:00Z", BERLIN, 3))
                .containsExactly("2026-01-02T07:30+01:00", "2026-01-05T07:30+01:00", "2026-01-06T07:30+01:00");
    }

    @Test
    void aTimeOfDayThatIsLeftOutIsMadeUpForWhenClocksArePutForward() {
        assertThat(ticks(Schedule.cron("30 2 * * *", BERLIN), "2026-03-28T00:00:00Z", BERLIN, 3))
                .containsExactly("2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(ticks(
                        Schedule.cron("0 0 * * *", ZoneId.of("America/Sao_Paulo")),
                        "2018-11-03T12:00:00Z",
                        ZoneId.of("America/Sao_Paulo"),
                        2))
                .containsExactly("2018-11-04T01:00-02:00", "2018-11-05T00:00-02:00");
    }

    @Test
    void everyMinuteGoesOnAsUsualWhenClocksArePutForward() {
        assertThat(ticks(Schedule.cron("15,45 * * * *", BERLIN), "2026-03-29T00:20:00Z", BERLIN, 3))
                .containsExactly("2026-03-29T01:45+01:00", "2026-03-29T03:15+02:00", "2026-03-29T03:45+02:00");
    }

    @Test
    void aTimeOfDayThatComesTwiceCountsOnceWhenClocksArePutBack() {
        Schedule schedule = Schedule.cron("30 2 * * *", BERLIN);
        assertThat(ticks(schedule, "2026-10-24T00:31:00Z", BERLIN, 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        Instant betweenTheTwo = Instant.parse("2026-10-25T01:10:00Z");
        assertThat(schedule.next(betweenTheTwo)).contains(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(schedule.last(Instant.parse("2026-10-25T12:00:00Z")))
                .contains(Instant.parse("2026-10-25T00:30:00Z"));
    }

    @Test
    void everyMinuteCountsEachTimeWhenClocksArePutBack() {
        assertThat(ticks(Schedule.cron("*/30 * * * *", BERLIN), "2026-10-24T23:45:00Z", BERLIN, 5))
                .containsExactly(
                        "2026-10-25T02:00+02:00",
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
    }

    @Test
    void theLastTickOfARareScheduleIsFoundFarBack() {
        Schedule leapDay = Schedule.cron("0 12 29 2 *", ZoneOffset.UTC);
        assertThat(leapDay.last(Instant.parse("2027-06-01T00:00:00Z"))).contains(Instant.parse("2024-02-29T12:00:00Z"));
        Schedule busyInJanuary = Schedule.cron("* * * 1 *", ZoneOffset.UTC);
        assertThat(busyInJanuary.last(Instant.parse("2026-12-31T23:59:59Z")))
                .contains(Instant.parse("2026-01-31T23:59:00Z"));
    }

    @Test
    void whatIsNoCronExpressionOrNeverComesIsRefused() {
        for (String wrong : List.of(
                "",
                " ",
                "* * * *",
                "* * * * * *",
                "61 * * * *",
                "0 0 L * *",
                "@daily",
                "x",
                "0 0 31 2 *",
                "*/0 * * * *",
                "|",
                "| 0 * 90' * +9 4",
                "0,".repeat(200) + "0 * * * *")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> Schedule.cron(wrong, BERLIN));
        }
    }
}
