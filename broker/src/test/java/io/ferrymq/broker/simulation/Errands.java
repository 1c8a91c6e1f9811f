package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Errand.Revoked;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** What clients may rely on with tasks, in one queue that understands them and whose worker takes all that it gets. */
final class Errands {
    static final String QUEUE = "tasks";
    static final String RESULTS = "results";
    static final long WAIT_MILLIS_MAX = 90_000;

    private final WallClock clock;
    private final List<Errand> all = new ArrayList<>();
    /** Those that may still come. */
    private final List<Errand> open = new ArrayList<>();

    private final List<Errand> ended = new ArrayList<>();

    Errands(WallClock clock) {
        this.clock = clock;
    }

    /** The clock was set, or a broker has looked at it. */
    void clockMoved() {
        open.forEach(this::lookAtClock);
    }

    private void lookAtClock(Errand errand) {
        boolean expires = errand.expiresMillis != Errand.NEVER;
        long min = expires ? clock.earliestOwnMillis(errand.expiresMillis) : Errand.NEVER;
        long max = expires ? clock.latestOwnMillis(errand.expiresMillis) : Errand.NEVER;
        errand.expiresOwnMillisMin = Math.min(errand.expiresOwnMillisMin, min);
        errand.expiresOwnMillisMax = Math.max(errand.expiresOwnMillisMax, max);
    }

    /** It is so late in the broker's own time, and the clock is about to be set. */
    void timeIs(long ownMillis) {
        open.forEach(errand -> errand.mayHaveCome |= clock.earliestOwnMillis(errand.etaMillis) <= ownMillis);
    }

    /** Whether it stays where it is until something is done about it. */
    private boolean isHeld(Errand errand, long nowMillis) {
        return !errand.ended
                && !errand.mayHaveCome
                && clock.earliestOwnMillis(errand.etaMillis) > nowMillis
                && errand.expiresOwnMillisMin > nowMillis;
    }

    /** Whether it may have a reason to stay where it is. */
    private boolean mayBeHeld(Errand errand, long nowMillis) {
        return clock.latestOwnMillis(errand.etaMillis) > nowMillis && errand.expiresOwnMillisMax > nowMillis;
    }

    /** After so long nothing waits any more. */
    long waitMillis(long nowMillis) {
        long last = open.stream()
                .mapToLong(errand -> clock.latestOwnMillis(errand.etaMillis))
                .max()
                .orElse(nowMillis);
        return Math.max(WAIT_MILLIS_MAX, last - nowMillis);
    }

    Errand published(long etaMillis, long expiresMillis, boolean persistent) {
        Errand errand = new Errand(all.size(), etaMillis, expiresMillis, persistent);
        all.add(errand);
        open.add(errand);
        lookAtClock(errand);
        return errand;
    }

    /** Any task, mostly one that may still come. */
    Errand any(Random random) {
        List<Errand> from = open.isEmpty() || random.nextInt(5) == 0 ? all : open;
        return from.get(random.nextInt(from.size()));
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    private Errand errand(int id) {
        assertThat(id).as("no task is invented").isBetween(0, all.size() - 1);
        return all.get(id);
    }

    /** A worker got a task. */
    void delivered(int id, boolean redelivered, long nowMillis) {
        Errand errand = errand(id);
        assertThat(errand.mayHaveCome || clock.earliestOwnMillis(errand.etaMillis) <= nowMillis)
                .as("no task is early: %s", errand)
                .isTrue();
        assertThat(errand.expiresOwnMillisMax)
                .as("no task comes when its time is over: %s", errand)
                .isGreaterThan(nowMillis);
        assertThat(errand.revoked).as("no revoked task comes: %s", errand).isNotEqualTo(Revoked.YES);
        assertThat(!errand.received || redelivered)
                .as("no task comes twice, unless it says so: %s", errand)
                .isTrue();
        errand.received = true;
        errand.mayHaveCome = true;
        assertThat(errand.purged).as("what is purged does not come: %s", errand).isFalse();
        end(errand);
    }

    /** The caller of a task was told that it will not run. */
    void told(int id, boolean thatItWasRevoked, long nowMillis) {
        Errand errand = errand(id);
        if (thatItWasRevoked) {
            assertThat(errand.revoked)
                    .as("only what was revoked is said to be: %s", errand)
                    .isNotEqualTo(Revoked.NO);
        } else {
            assertThat(errand.expiresOwnMillisMin)
                    .as("only what is too old is said to be: %s", errand)
                    .isLessThanOrEqualTo(nowMillis + clock.behindMillis(nowMillis));
        }
        end(errand);
    }

    private void end(Errand errand) {
        assertThat(errand.over)
                .as("what is over does not come again: %s", errand)
                .isFalse();
        assertThat(errand.ended && !errand.old && !errand.purged)
                .as("a task has one end, unless a loss of power brings it back: %s", errand)
                .isFalse();
        errand.purged = false;
        errand.ended = true;
    }

    void revoked(Errand errand) {
        errand.revoked = Revoked.YES;
        errand.revokedCertain = false;
    }

    /** Someone deleted a task by its id. */
    void deleted(Errand errand, int count, long nowMillis) {
        if (isHeld(errand, nowMillis) && errand.certain && open.contains(errand)) {
            assertThat(count).as("what is there can be deleted: %s", errand).isEqualTo(1);
        }
        if (count > 0) {
            assertThat(errand.ended && !errand.old)
                    .as("what has ended is not there: %s", errand)
                    .isFalse();
            errand.ended = true;
        }
    }

    /** The queue was purged. */
    void purged(long count, long nowMillis) {
        long least = open.stream()
                .filter(errand -> errand.certain && isHeld(errand, nowMillis))
                .count();
        assertThat(count).as("a purge counts what is held, too").isBetween(least, (long) open.size());
        for (Errand errand : open) {
            errand.purged |= !errand.ended && !isHeld(errand, nowMillis);
            errand.ended = true;
        }
    }

    /** Everything is about to come to rest: what ended until now will be on disk then. */
    void goToRest() {
        ended.clear();
        open.stream().filter(errand -> errand.ended).forEach(ended::add);
    }

    /** Everything came to rest, and what was done before is on disk. */
    void restedAt(long nowMillis) {
        for (Errand errand : ended) {
            errand.over = true;
        }
        open.removeAll(ended);
        for (Errand errand : open) {
            assertThat(errand.ended || !errand.certain || mayBeHeld(errand, nowMillis))
                    .as("no task is late: %s", errand)
                    .isTrue();
            errand.certain |= !errand.old;
        }
        all.forEach(errand -> errand.revokedCertain |= errand.revoked == Revoked.YES);
    }

    void requireNoneLeft() {
        Stream<Errand> left = open.stream().filter(errand -> errand.certain && !errand.ended);
        assertThat(left).as("no task is forgotten").isEmpty();
    }

    /** Power was lost. */
    void powerLost() {
        open.removeIf(errand -> !errand.persistent);
        for (Errand errand : open) {
            errand.old = true;
            errand.certain &= !errand.ended;
            errand.ended = false;
            errand.purged = false;
        }
        for (Errand errand : all) {
            if (errand.revoked == Revoked.YES && !errand.revokedCertain) {
                errand.revoked = Revoked.MAYBE;
            }
        }
    }
}
