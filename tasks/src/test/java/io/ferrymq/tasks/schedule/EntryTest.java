package io.ferrymq.tasks.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.tasks.message.Fields;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class EntryTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Signature CALL = Signature.of("report", List.of(1, OffsetDateTime.parse("2026-01-01T00:00Z")));

    private static Entry every(Duration interval, MissedRuns missed) {
        return Entry.put(new Change.Put("entry", BEGIN, Schedule.every(interval), CALL, missed), BEGIN, null);
    }

    private static List<Instant> due(Entry entry, Instant now) {
        Entry.Due due = entry.due(now);
        return due == null ? List.of() : due.ticks();
    }

    private static Instant second(long second) {
        return BEGIN.plusSeconds(second);
    }

    @Test
    void aTickThatComesInTimeFiresWhateverIsMadeUpFor() {
        for (MissedRuns missed : List.of(MissedRuns.SKIP, MissedRuns.ONCE, MissedRuns.all(10))) {
            Entry entry = every(Duration.ofSeconds(10), missed);
            assertThat(entry.due(second(9))).isNull();
            assertThat(due(entry, second(10))).containsExactly(second(10));
            assertThat(due(entry, second(19))).containsExactly(second(10));
        }
    }

    @Test
    void ofMissedTicksAsManyFireAsAreMadeUpFor() {
        Duration hour = Duration.ofHours(1);
        Instant now = BEGIN.plus(Duration.ofHours(5)).plusSeconds(61);
        Instant onTime = BEGIN.plus(Duration.ofHours(5)).plusSeconds(59);
        Instant fifth = BEGIN.plus(Duration.ofHours(5));
        assertThat(due(every(hour, MissedRuns.SKIP), now)).isEmpty();
        assertThat(due(every(hour, MissedRuns.SKIP), onTime)).containsExactly(fifth);
        assertThat(due(every(hour, MissedRuns.ONCE), now)).containsExactly(fifth);
        assertThat(due(every(hour, MissedRuns.all(2)), now)).containsExactly(fifth.minus(hour), fifth);
        assertThat(due(every(hour, MissedRuns.all(100)), now)).hasSize(5).isSorted();
    }

    @Test
    void aClockThatIsSetBackALittleFiresNothingTwice() {
        Entry entry = every(Duration.ofSeconds(10), MissedRuns.ONCE).fired(List.of(), second(3_600));
        assertThat(entry.isAheadOf(second(0))).isFalse();
        assertThat(due(entry, second(3_600))).isEmpty();
        assertThat(due(entry, second(3_610))).containsExactly(second(3_610));
    }

    @Test
    void anEntryOfAClockThatWasFarAheadGoesOnFromNow() {
        Instant nextYear = BEGIN.plus(Duration.ofDays(365));
        Change.Put put =
                new Change.Put("entry", nextYear, Schedule.every(Duration.ofSeconds(10)), CALL, MissedRuns.ONCE);
        Entry ahead = Entry.put(put, nextYear, null);
        assertThat(due(ahead, second(60))).isEmpty();
        assertThat(ahead.isAheadOf(second(60))).isTrue();
        Entry entry = ahead.setBackTo(second(60));
        assertThat(entry.isAheadOf(second(60))).isFalse();
        assertThat(due(entry, second(69))).isEmpty();
        assertThat(due(entry, second(70))).containsExactly(second(70));
    }

    @Test
    void manyMissedTicksFireInPortions() {
        Entry entry = every(Duration.ofSeconds(1), MissedRuns.all(50));
        Instant now = second(1_000);
        int fired = 0;
        for (Entry.Due due = entry.due(now); due != null; due = entry.due(now)) {
            assertThat(due.ticks()).hasSizeLessThanOrEqualTo(16);
            fired += due.ticks().size();
            entry = entry.fired(List.of(), due.done());
        }
        assertThat(fired).isEqualTo(50);
        assertThat(entry.next()).contains(second(1_001));
    }

    @Test
    void aOneTimeEntryThatWasPutTooLateIsMissed() {
        Change.Put put = new Change.Put("once", BEGIN, Schedule.at(second(-300)), CALL, MissedRuns.ONCE);
        Entry entry = Entry.put(put, BEGIN, null);
        assertThat(due(entry, BEGIN)).containsExactly(second(-300));
        assertThat(entry.isOver()).isFalse();
        assertThat(entry.fired(List.of(), second(-300)).isOver()).isTrue();
    }

    @Test
    void anEntryThatIsPutAgainGoesOnWhereItWas() {
        Entry first = every(Duration.ofSeconds(10), MissedRuns.ONCE);
        Entry fired = first.fired(List.of(new Firing(second(10), second(10), "id")), second(10));
        Change.Put again = new Change.Put(
                "entry",
                second(13),
                Schedule.every(Duration.ofSeconds(10)),
                Signature.of("other", List.of()),
                MissedRuns.SKIP);
        Entry put = Entry.put(again, second(13), fired);
        assertThat(put.next()).contains(second(20));
        assertThat(put.call().task()).isEqualTo("other");
        assertThat(put.history()).hasSize(1);
        Change.Put another =
                new Change.Put("entry", second(13), Schedule.every(Duration.ofSeconds(5)), CALL, MissedRuns.SKIP);
        assertThat(Entry.put(another, second(13), fired).next()).contains(second(18));
    }

    @Test
    void whatComesDuringAPauseIsNotMissed() {
        Entry entry = every(Duration.ofSeconds(10), MissedRuns.all(10)).pause();
        assertThat(entry.due(second(35))).isNull();
        assertThat(entry.next()).isEmpty();
        Entry resumed = entry.resumedAt(second(35));
        assertThat(resumed.due(second(39))).isNull();
        assertThat(due(resumed, second(40))).containsExactly(second(40));
    }

    @Test
    void aTickHasTheSameIdWhoeverFiresIt() {
        Entry one = every(Duration.ofSeconds(10), MissedRuns.ONCE);
        Entry same = every(Duration.ofSeconds(10), MissedRuns.SKIP);
        assertThat(one.taskId(second(10))).isEqualTo(same.taskId(second(10))).isNotEqualTo(one.taskId(second(20)));
    }

    @Test
    void theNewestFiringsAreKept() {
        Entry entry = every(Duration.ofSeconds(10), MissedRuns.ONCE);
        for (int i = 1; i <= 25; i++) {
            entry = entry.fired(List.of(new Firing(second(i), second(i), "id" + i)), second(i));
        }
        assertThat(entry.history())
                .hasSize(Entry.HISTORY_MAX)
                .last()
                .satisfies(last -> assertThat(last.taskId()).isEqualTo("id25"));
    }

    @Test
    void anEntryIsReadAsItWasWritten() {
        for (Schedule schedule : List.of(
                Schedule.every(Duration.ofMillis(1_500)),
                Schedule.cron("0 3 * * *", ZoneId.of("Europe/Berlin")),
                Schedule.at(BEGIN.plusSeconds(5)))) {
            Entry entry = Entry.put(new Change.Put("ü", BEGIN, schedule, CALL, MissedRuns.all(7)), BEGIN, null)
                    .fired(List.of(new Firing(BEGIN, second(1), "id")), second(1))
                    .pause();
            Object read = KombuJson.read(KombuJson.write(ScheduleMessages.toMap(entry)));
            assertThat(ScheduleMessages.entry(Fields.of(Objects.requireNonNull(read), "an entry")))
                    .isEqualTo(entry);
        }
    }

    @Test
    void aChangeIsReadAsItWasWritten() {
        for (Change change : List.of(
                new Change.Put("a", BEGIN, Schedule.every(Duration.ofSeconds(1)), CALL, MissedRuns.ONCE),
                new Change.Remove("a"),
                new Change.Pause("a"),
                new Change.Resume("a"),
                new Change.Run("a", BEGIN, "id"))) {
            Map<String, ?> map = ScheduleMessages.toMap(change);
            Object read = KombuJson.read(KombuJson.write(map));
            assertThat(ScheduleMessages.change(Fields.of(read, "a change"))).isEqualTo(change);
        }
    }
}
