package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.log.FakeDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What clients may rely on with delayed messages, which all go to one queue without terms. */
final class Appointments {
    static final String QUEUE = "due";
    static final String EXCHANGE = "later";
    static final long DELAY_MILLIS_MAX = 90_000;

    private final WallClock clock;
    private final List<Appointment> all = new ArrayList<>();
    private final List<Appointment> waiting = new ArrayList<>();
    private final List<Appointment> received = new ArrayList<>();
    private @Nullable Appointment last;

    Appointments(WallClock clock) {
        this.clock = clock;
    }

    /** A broker has started. */
    void begins() {
        last = null;
    }

    Appointment published(long dueMillis, boolean persistent) {
        Appointment appointment = new Appointment(all.size(), dueMillis, persistent);
        all.add(appointment);
        waiting.add(appointment);
        return appointment;
    }

    void delivered(Seen seen, long nowMillis) {
        assertThat(seen.intact()).as("a delayed message arrives as it was sent").isTrue();
        assertThat(seen.id()).as("nothing is invented").isBetween(0, all.size() - 1);
        Appointment appointment = all.get(seen.id());
        assertThat(appointment.dueMillis)
                .as("nothing is early: %s", appointment)
                .isLessThanOrEqualTo(nowMillis + clock.behindMillis(nowMillis));
        if (appointment.received) {
            assertThat(seen.redelivered())
                    .as("nothing is routed twice: %s", appointment)
                    .isTrue();
        }
        assertThat(waiting).as("what is over does not come again").contains(appointment);
        requireAfterLast(appointment);
        appointment.received = true;
        waiting.remove(appointment);
    }

    private void requireAfterLast(Appointment appointment) {
        if (clock.mayHaveBeen(appointment.dueMillis)) {
            // It may have been routed before the time had to go on from an earlier moment.
            return;
        }
        Appointment before = last;
        assertThat(before == null || before.isBefore(appointment))
                .as("what is due first comes first, and equals in the order of publishing: %s, %s", before, appointment)
                .isTrue();
        last = appointment;
    }

    /** Everything is about to come to rest: what was received until now will be on disk then. */
    void goToRest() {
        received.clear();
        all.stream().filter(appointment -> appointment.received).forEach(received::add);
    }

    /** Everything came to rest, and what was done before is on disk. */
    void restedAt(long nowMillis) {
        for (Appointment appointment : waiting) {
            assertThat(appointment.dueMillis)
                    .as("nothing is late: %s", appointment)
                    .isGreaterThan(nowMillis);
            appointment.certain = appointment.persistent;
        }
        received.forEach(appointment -> appointment.over = true);
    }

    void requireNoneLeft() {
        assertThat(waiting).as("nothing is forgotten").isEmpty();
    }

    /** Power was lost, and a broker that recovers from this disk, which is used up, has these. */
    void powerLost(FakeDisk disk, Moment now) throws IOException {
        begins();
        Set<Appointment> found = new HashSet<>();
        for (int id : idsOn(disk, now, waitMillis(now.ownMillis()))) {
            Appointment appointment = all.get(id);
            assertThat(found.add(appointment))
                    .as("nothing is there twice: %s", appointment)
                    .isTrue();
            assertThat(appointment.persistent)
                    .as("what is transient ends with the process: %s", appointment)
                    .isTrue();
            assertThat(appointment.over)
                    .as("what was received for good does not come back: %s", appointment)
                    .isFalse();
            requireAfterLast(appointment);
        }
        for (Appointment appointment : waiting) {
            assertThat(appointment.certain && !found.contains(appointment))
                    .as("nothing that was confirmed is lost: %s", appointment)
                    .isFalse();
        }
        waiting.clear();
        all.stream().filter(found::contains).forEach(waiting::add);
        waiting.forEach(appointment -> appointment.certain = true);
    }

    /** After so long nothing waits any more. */
    long waitMillis(long nowMillis) {
        return DELAY_MILLIS_MAX + clock.behindMillis(nowMillis);
    }

    /** All delayed messages that a broker has on this disk, in the order in which they come out. */
    private static List<Integer> idsOn(FakeDisk disk, Moment now, long waitMillis) throws IOException {
        World world = now.open(disk);
        world.pass(waitMillis);
        Census census = Census.of(world, List.of(QUEUE));
        world.abandon();
        return census.content().getOrDefault(QUEUE, List.of()).stream()
                .map(found -> found.seen().id())
                .toList();
    }
}
