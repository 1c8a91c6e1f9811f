package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Copy.State;

/** What every single delivery must be like, beside being allowed at all. */
final class Delivered {
    private Delivered() {}

    static void requireOrder(Copy copy, Seen seen, long nowMillis) {
        if (copy.source != null) {
            return;
        }
        ModelQueue queue = copy.queue;
        for (Copy other : queue.copies) {
            boolean waits = other.state == State.READY && !other.mayHaveLeft(nowMillis) && !other.mayRest();
            assertThat(other.isBefore(copy) && waits)
                    .as("the first ready message goes first: %s, not %s", other, seen)
                    .isFalse();
        }
        if (!copy.delivered) {
            long last = queue.lastFirstDelivery.getOrDefault(copy.level(), -1L);
            assertThat(copy.arrival())
                    .as("first deliveries keep the order of publishing: %s", copy)
                    .isGreaterThan(last);
            queue.lastFirstDelivery.put(copy.level(), copy.arrival());
        }
    }

    /** Of a copy whose failures are known. */
    static void requireRested(Copy copy, long nowMillis) {
        assertThat(copy.restsUntilMillis())
                .as("what rests is not delivered: %s", copy)
                .isLessThanOrEqualTo(copy.queue.latestMillis(nowMillis));
    }

    static void requireFailures(Copy copy, Seen seen) {
        if (copy.queue.countsFailures()) {
            assertThat(seen.failedDeliveries())
                    .as("a queue that counts failures shows them: %s", copy)
                    .isBetween(copy.failuresMin, copy.failuresMax);
            copy.failuresMin = seen.failedDeliveries();
            copy.failuresMax = seen.failedDeliveries();
        } else {
            assertThat(seen.failedDeliveries()).as("%s", copy).isEqualTo(-1);
        }
    }
}
