package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Copy.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one queue held, against what its clients know. */
final class QueueCensus {
    private final ModelQueue queue;
    private final Promise promise;
    private final List<Census.Found> found;
    private final long nowMillis;

    QueueCensus(ModelQueue queue, Promise promise, Census census, long nowMillis) {
        this.queue = queue;
        this.promise = promise;
        this.found = census.in(queue);
        this.nowMillis = nowMillis;
    }

    void require(GraveCensus graves) {
        Map<Copy, Census.Found> present = new HashMap<>();
        for (Census.Found one : found) {
            Copy copy = copyOf(one.seen());
            assertThat(present.put(copy, one))
                    .as("a message is in a queue once: %s", copy)
                    .isNull();
        }
        for (int i = 1; i < found.size(); i++) {
            requireOrder(found.get(i - 1), found.get(i));
        }
        for (Copy copy : queue.copies) {
            if (!present.containsKey(copy)) {
                requireAccountedFor(copy, graves);
            }
        }
        present.forEach(this::requireAllowed);
        queue.copies.removeIf(copy -> copy.stateCertain && copy.state == State.SETTLED);
    }

    private void requireOrder(Census.Found first, Census.Found second) {
        Copy before = copyOf(first.seen());
        Copy after = copyOf(second.seen());
        boolean restedLonger = first.atMillis() < second.atMillis();
        assertThat(restedLonger || before.level() > after.level() || before.arrival() < after.arrival())
                .as("a queue keeps its order: %s before %s", before, after)
                .isTrue();
    }

    private Copy copyOf(Seen seen) {
        assertThat(seen.intact())
                .as("a message is found as it was sent: %s in %s", seen, queue)
                .isTrue();
        return promise.message(seen.id()).copies.stream()
                .filter(copy -> copy.queue == queue)
                .findFirst()
                .orElseThrow(() -> new AssertionError("a message is found only where it was sent: " + seen + queue));
    }

    private void requireAllowed(Copy copy, Census.Found one) {
        Seen seen = one.seen();
        assertThat(copy.stateCertain)
                .as("what was settled for good does not come back: %s", copy)
                .isFalse();
        if (copy.delivered) {
            assertThat(seen.redelivered())
                    .as("what was delivered before is marked: %s", copy)
                    .isTrue();
        }
        if (copy.ttlMillis() > 0) {
            assertThat(copy.expired(one.atMillis()))
                    .as("what has expired is not found: %s", copy)
                    .isFalse();
        }
        if (queue.countsFailures()) {
            assertThat(seen.failedDeliveries())
                    .as("failures are counted over restarts: %s", copy)
                    .isBetween(copy.failuresCertain, copy.failuresMax);
            copy.failuresMin = seen.failedDeliveries();
            copy.failuresMax = seen.failedDeliveries();
            copy.failuresCertain = seen.failedDeliveries();
            Delivered.requireRested(copy, one.atMillis());
            assertThat(one.atMillis())
                    .as("nothing rests longer than it must: %s", copy)
                    .isLessThan(Math.max(nowMillis + 1, copy.restsUntilMillis() + Census.STEP_MILLIS));
        }
        copy.state = State.READY;
        copy.certain = true;
        copy.doubtful = false;
        if (!queue.copies.contains(copy)) {
            queue.copies.add(copy);
        }
    }

    /** It is not there: then nobody knew that it was, or somebody took it, or it is where the terms say. */
    private void requireAccountedFor(Copy copy, GraveCensus graves) {
        boolean waits = copy.state == State.READY || copy.state == State.OUT;
        if (waits
                && copy.mayRest()
                && !copy.expired(nowMillis)
                && copy.expired(queue.latestMillis(nowMillis) + Terms.REST_MILLIS_MAX)) {
            copy.state = State.READY; // It may have expired while the census waited for what rests.
            return;
        }
        boolean mayHaveLeft = waits && copy.mayHaveLeft(nowMillis);
        if (waits && copy.certain && !mayHaveLeft) {
            throw new AssertionError("nothing that was confirmed and not settled is lost: " + copy);
        }
        boolean buried = queue.buries() && graves.tellOf(copy);
        if ((copy.state == State.DEAD || mayHaveLeft) && copy.certain && queue.buries()) {
            assertThat(buried).as("what died is where the terms say: %s", copy).isTrue();
        }
        if (mayHaveLeft && (buried || !queue.buries())) {
            copy.state = State.READY;
        } else if (!waits && !copy.stateCertain && copy.mayHaveExpired(nowMillis)) {
            copy.state = State.READY;
            copy.certain = false;
            copy.doubtful = true;
        } else if (copy.state != State.DEAD) {
            copy.state = State.SETTLED;
            copy.stateCertain = true;
        }
    }
}
