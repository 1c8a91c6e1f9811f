package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.Settlement;
import io.ferrymq.broker.message.Death;
import io.ferrymq.broker.message.Publication.Outcome;
import io.ferrymq.broker.simulation.Copy.State;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What clients may rely on, as sets of messages confirmed, settled, uncertain and received. It is told what clients did
 * and were told, and fails where the broker broke its word.
 */
final class Promise {
    /** Every queue that is there, by name. */
    final Map<String, ModelQueue> queues = new LinkedHashMap<>();
    /** Queues that were there, since dead letters tell of them. */
    final Map<String, ModelQueue> gone = new LinkedHashMap<>();

    final List<Published> published = new ArrayList<>();
    final Appointments appointments;
    final WallClock clock;
    final Errands errands;
    /** Power losses so far: each may bring back what had been moved. */
    int powerLosses;
    /** Numbers of queues, each a name that was never used before. */
    int queuesEver;

    long durableSequence;
    /** Whether the disk has failed, after which nothing may be promised any more. */
    private BooleanSupplier diskFailed = () -> false;

    Promise(WallClock clock) {
        this.clock = clock;
        this.appointments = new Appointments(clock);
        this.errands = new Errands(clock);
    }

    /** A broker has started, whose disk is asked for its health by {@code failed}. */
    void begins(BooleanSupplier failed) {
        diskFailed = failed;
    }

    /** A broker has ended at this moment of its own time. */
    void endedAt(long ownMillis) {
        clock.endedAt(ownMillis);
        errands.timeIs(ownMillis);
        Stream.concat(queues.values().stream(), gone.values().stream())
                .forEach(queue -> queue.latestMillis = Math.max(queue.latestMillis, ownMillis));
    }

    ModelQueue graveyard() {
        return Objects.requireNonNull(queues.get(ModelQueue.GRAVEYARD));
    }

    @Nullable ModelQueue queueEver(String name) {
        ModelQueue queue = queues.get(name);
        return queue == null ? gone.get(name) : queue;
    }

    Published message(int id) {
        assertThat(id).as("nothing is invented").isBetween(0, published.size() - 1);
        return published.get(id);
    }

    // ---- publishing ----

    void published(Published message, List<ModelQueue> targets, Outcome outcome) {
        boolean refused = false;
        boolean stored = false;
        for (ModelQueue queue : targets) {
            if (queue.refuses()) {
                refused = true;
                if (queue.buriesRefused()) {
                    bury(message, queue);
                }
            } else {
                Copy copy = new Copy(message, queue, null);
                queue.copies.add(copy);
                message.copies.add(copy);
                stored |= copy.survives();
            }
        }
        Outcome expected = targets.isEmpty() ? Outcome.UNROUTED : refused ? Outcome.REJECTED : Outcome.ACCEPTED;
        assertThat(outcome)
                .as("a publisher hears what the queues' limits made of %s in %s", message, targets)
                .isEqualTo(expected);
        assertThat(message.durableAt > 0)
                .as("a publisher waits for the disk only if %s goes there", message)
                .isEqualTo(stored);
    }

    private Copy bury(Published message, ModelQueue source) {
        Copy dead = new Copy(message, graveyard(), source);
        graveyard().copies.add(dead);
        return dead;
    }

    void confirmed(Published message) {
        assertThat(diskFailed.getAsBoolean())
                .as("nothing is confirmed after the disk has failed: %s", message)
                .isFalse();
        makeCertain(message);
    }

    private static void makeCertain(Published message) {
        message.certain = true;
        message.copies.forEach(copy -> copy.certain = !copy.doubtful);
    }

    /** The log says that it is durable up to {@code sequence}. */
    void durable(long sequence) {
        assertThat(sequence).as("what is durable only grows").isGreaterThanOrEqualTo(durableSequence);
        assertThat(diskFailed.getAsBoolean())
                .as("nothing becomes durable after the disk has failed")
                .isFalse();
        durableSequence = sequence;
    }

    // ---- delivering ----

    /** A consumer of {@code queue} got a message; returns which copy it is. */
    Copy delivered(ModelQueue queue, Seen seen, long nowMillis, long durableSequenceNow) {
        String what = seen + " from " + queue.name;
        assertThat(seen.intact())
                .as("a message arrives as it was sent: %s", what)
                .isTrue();
        Published message = message(seen.id());
        assertThat(seen.persistent()).as(what).isEqualTo(message.persistent);
        assertThat(seen.priority()).as(what).isEqualTo(message.priority);
        Copy copy = queue.isGraveyard() ? deadLetter(message, seen, nowMillis) : ordinary(message, queue);
        assertThat(copy.state)
                .as("a message is at one consumer at a time: %s, %s", what, copy)
                .isNotEqualTo(State.OUT);
        assertThat(copy.state)
                .as("what was settled does not come again: %s, %s", what, copy)
                .isEqualTo(State.READY);
        if (copy.delivered) {
            assertThat(seen.redelivered())
                    .as("every delivery after the first is marked: %s, %s", what, copy)
                    .isTrue();
        }
        if (copy.ttlMillis() > 0) {
            assertThat(copy.expired(nowMillis))
                    .as("what has expired is not delivered: %s, %s", what, copy)
                    .isFalse();
        }
        if (copy.survives()) {
            assertThat(diskFailed.getAsBoolean() && !copy.certain)
                    .as("nothing unflushed is delivered after the disk has failed: %s", copy)
                    .isFalse();
            assertThat(copy.source == null && message.durableAt > durableSequenceNow)
                    .as("nothing is delivered before it is durable: %s", copy)
                    .isFalse();
        }
        Delivered.requireOrder(copy, seen, nowMillis);
        Delivered.requireFailures(copy, seen);
        Delivered.requireRested(copy, nowMillis);
        copy.delivered = true;
        copy.state = State.OUT;
        if (copy.survives()) {
            copy.certain = true;
            if (copy.source == null) {
                makeCertain(message);
            }
        }
        return copy;
    }

    private static Copy ordinary(Published message, ModelQueue queue) {
        return message.copies.stream()
                .filter(copy -> copy.queue == queue)
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        "a message is delivered only where it was sent: " + message + " from " + queue));
    }

    private Copy deadLetter(Published message, Seen seen, long nowMillis) {
        ModelQueue source = seen.diedIn() == null ? null : queueEver(seen.diedIn());
        if (source == null) {
            throw new AssertionError("a dead letter tells where it died: " + seen);
        }
        @Nullable Copy best = null;
        for (Copy candidate : graveyard().copies) {
            if (candidate.message == message
                    && candidate.source == source
                    && (best == null || rank(candidate, seen) > rank(best, seen))) {
                best = candidate;
            }
        }
        if (best != null && best.state == State.READY) {
            return best;
        }
        Copy origin = ordinary(message, source);
        boolean allowed = origin.state == State.DEAD || origin.mayHaveLeft(nowMillis);
        assertThat(allowed && (best == null || powerLosses > 0))
                .as("a message dies once, and only as its queue's terms say: %s, %s, %s", seen, origin, best)
                .isTrue();
        requireReason(origin, seen, nowMillis);
        assertThat(origin.state).as("a message is in one place: %s", origin).isNotEqualTo(State.OUT);
        origin.state = State.DEAD;
        return bury(message, source);
    }

    private static int rank(Copy candidate, Seen seen) {
        int ready = candidate.state == State.READY ? 2 : 0;
        return ready + (candidate.delivered == seen.redelivered() ? 1 : 0);
    }

    private static void requireReason(Copy origin, Seen seen, long nowMillis) {
        if (seen.reason() == Death.Reason.EXPIRED) {
            assertThat(origin.mayHaveExpired(nowMillis))
                    .as("only what is too old expires: %s", origin)
                    .isTrue();
        } else if (seen.reason() == Death.Reason.MAXLEN) {
            assertThat(origin.queue.bounded())
                    .as("only a bounded queue drops: %s", origin)
                    .isTrue();
        }
    }

    // ---- settling ----

    /** A consumer answered, and whatever the broker then left to chance had this outcome. */
    void settled(Copy copy, Settlement settlement, long nowMillis, double chance) {
        switch (settlement) {
            case ACCEPT -> copy.state = State.SETTLED;
            case REJECT -> die(copy);
            case REQUEUE, RELEASE -> {
                giveBack(copy);
                copy.restsUntil(nowMillis + copy.queue.rest.delayMillis(settlement, copy.failuresMin, chance));
            }
        }
    }

    private void giveBack(Copy copy) {
        copy.failuresMin++;
        copy.failuresMax++;
        if (copy.queue.countsFailures() && copy.failuresMin > copy.queue.deliveryLimit) {
            die(copy);
        } else {
            copy.state = State.READY;
        }
    }

    private void die(Copy copy) {
        if (copy.queue.buries()) {
            copy.state = State.DEAD;
            bury(copy.message, copy.queue);
        } else {
            copy.state = State.SETTLED;
        }
    }

    void purged(ModelQueue queue, long count, long nowMillis) {
        long most = queue.count(State.READY);
        long least = queue.copies.stream()
                .filter(copy -> copy.state == State.READY && !copy.mayHaveLeft(nowMillis))
                .count();
        if (!queue.isGraveyard()) {
            assertThat(count).as("a purge counts what is ready: %s", queue).isBetween(least, most);
        }
        queue.copies.stream().filter(copy -> copy.state == State.READY).forEach(copy -> copy.state = State.SETTLED);
    }

    // ---- queues ----

    void declared(ModelQueue queue) {
        queues.put(queue.name, queue);
        gone.remove(queue.name);
    }

    void deleted(ModelQueue queue) {
        queue.deleted = true;
        queue.receivers.clear();
        queues.remove(queue.name);
        gone.put(queue.name, queue);
    }

    /** Everything done so far is on disk. */
    void everythingIsDurable() {
        for (ModelQueue queue : List.copyOf(queues.values())) {
            queue.declaredCertain = true;
            queue.boundCertain = true;
            if (!queue.isGraveyard()) {
                queue.copies.removeIf(copy -> copy.stateCertain);
            }
            for (Copy copy : queue.copies) {
                copy.certain = !copy.doubtful;
                copy.stateCertain = copy.state == State.SETTLED || copy.state == State.DEAD;
                copy.failuresCertain = copy.failuresMin;
            }
        }
        gone.values().forEach(queue -> queue.deletedCertain = true);
        published.forEach(message -> message.certain = true);
    }
}
