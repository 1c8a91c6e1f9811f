package io.ferrymq.tasks.schedule;

import io.ferrymq.tasks.message.Signature;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a schedule message says: one entry at one version. Immutable.
 *
 * @param version counts up with each change; of two messages for one name, the higher one holds
 * @param done ticks up to this moment have fired or are not to
 */
record Entry(
        String name,
        long version,
        Schedule schedule,
        Signature call,
        MissedRuns missed,
        boolean paused,
        Instant done,
        List<Firing> history) {
    static final int HISTORY_MAX = 10;

    /** So many ticks fire in one transaction, which stays small enough to survive as a whole. */
    private static final int TICKS_AT_ONCE_MAX = 16;

    private static final Duration LATE = Duration.ofMinutes(1);

    private static final Duration AHEAD_MAX = Duration.ofHours(1);

    Entry {
        history = List.copyOf(history);
    }

    /** An entry that is put; {@code earlier} is null if there was none of the name. */
    static Entry put(Change.Put put, Instant now, @Nullable Entry earlier) {
        Instant begin = put.at().isAfter(now) ? now : put.at();
        if (earlier != null && isSame(put.schedule(), earlier.schedule)) {
            return new Entry(
                    put.name(),
                    earlier.version + 1,
                    earlier.schedule,
                    put.call(),
                    put.missed(),
                    earlier.paused,
                    earlier.done,
                    earlier.history);
        }
        Schedule schedule =
                put.schedule() instanceof IntervalSchedule interval ? interval.begunAt(begin) : put.schedule();
        // A moment that has passed already is missed, and not as good as done.
        Instant done =
                schedule instanceof OneTimeSchedule once && !once.moment().isAfter(begin)
                        ? once.moment().minusMillis(1)
                        : begin;
        return new Entry(
                put.name(),
                earlier == null ? 1 : earlier.version + 1,
                schedule,
                put.call(),
                put.missed(),
                earlier != null && earlier.paused,
                done,
                earlier == null ? List.of() : earlier.history);
    }

    /** Whether a schedule goes on as it was: an interval that does not say where it begins keeps its beginning. */
    private static boolean isSame(Schedule put, Schedule earlier) {
        if (put instanceof IntervalSchedule interval
                && interval.from() == null
                && earlier instanceof IntervalSchedule before) {
            return interval.interval().equals(before.interval());
        }
        return put.equals(earlier);
    }

    /** Fires no more until it is resumed. */
    Entry pause() {
        return new Entry(name, version + 1, schedule, call, missed, true, done, history);
    }

    /** Goes on after a pause; what came meanwhile was not missed. */
    Entry resumedAt(Instant now) {
        Instant from = paused && now.isAfter(done) ? now : done;
        return new Entry(name, version + 1, schedule, call, missed, false, from, history);
    }

    /**
     * Whether it has done what is not to come for long: the clock was set back. Ticks that came already do not come again
     * because of a small correction; after a large one nothing would fire until the clock is there again.
     */
    boolean isAheadOf(Instant now) {
        return done.isAfter(now.plus(AHEAD_MAX));
    }

    /** Goes on from a moment that is before what it has done. */
    Entry setBackTo(Instant now) {
        Schedule going = schedule instanceof IntervalSchedule interval ? interval.begunBy(now) : schedule;
        return new Entry(name, version + 1, going, call, missed, paused, now, history);
    }

    /** The same, in a message of its own. */
    Entry renewed() {
        return new Entry(name, version + 1, schedule, call, missed, paused, done, history);
    }

    /** After firings, of which the last is the newest; ticks up to a moment are done with. */
    Entry fired(List<Firing> firings, Instant doneNow) {
        List<Firing> all = new ArrayList<>(history);
        all.addAll(firings);
        return new Entry(
                name,
                version + 1,
                schedule,
                call,
                missed,
                paused,
                doneNow,
                all.subList(Math.max(0, all.size() - HISTORY_MAX), all.size()));
    }

    /** When it is to fire next; empty if it is paused or over. */
    Optional<Instant> next() {
        return paused ? Optional.empty() : schedule.next(done);
    }

    /** Whether nothing is left to come. */
    boolean isOver() {
        return schedule instanceof OneTimeSchedule && schedule.next(done).isEmpty();
    }

    /** What is to be done with the ticks that have come. */
    record Due(List<Instant> ticks, Instant done) {}

    /** The ticks that fire now, the oldest first, and up to where that leaves nothing to do; null if none has come. */
    @Nullable Due due(Instant now) {
        @Nullable Instant newest = paused ? null : schedule.last(now).orElse(null);
        if (newest == null || !newest.isAfter(done)) {
            return null;
        }
        int max = Math.max(missed.max(), newest.plus(LATE).isBefore(now) ? 0 : 1);
        List<Instant> ticks = new ArrayList<>();
        for (Instant tick = newest;
                tick != null && tick.isAfter(done) && ticks.size() < max;
                tick = schedule.last(tick.minusMillis(1)).orElse(null)) {
            ticks.add(tick);
        }
        Collections.reverse(ticks);
        return ticks.size() <= TICKS_AT_ONCE_MAX
                ? new Due(ticks, newest)
                : new Due(ticks.subList(0, TICKS_AT_ONCE_MAX), ticks.get(TICKS_AT_ONCE_MAX - 1));
    }

    /** The id of the call that a tick makes: whoever fires it, it is the same. */
    String taskId(Instant tick) {
        return nameBased(name + "@" + tick);
    }

    /** The id of the call that is made because somebody asked for it. */
    String taskIdOf(Change.Run run) {
        return nameBased(name + "!" + run.id());
    }

    private static String nameBased(String text) {
        return UUID.nameUUIDFromBytes(("ferrymq-schedule:" + text).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
