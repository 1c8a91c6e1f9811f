package io.ferrymq.broker.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.Copy.State;
import java.util.List;

/** What must be true of a queue when nothing is left to be done. */
final class Stillness {
    private Stillness() {}

    static void require(ModelQueue queue, long ready, long nowMillis) {
        List<Copy> waiting = queue.copies.stream()
                .filter(copy -> copy.state == State.READY && !copy.mayRest())
                .toList();
        long least =
                waiting.stream().filter(copy -> !copy.mayHaveLeft(nowMillis)).count();
        assertThat(ready)
                .as("what nobody took is there: %s, %s", queue, waiting)
                .isGreaterThanOrEqualTo(least);
        // What had expired may be there again while the time is earlier than it has been.
        if (!queue.isGraveyard() && queue.latestMillis(nowMillis) == nowMillis) {
            assertThat(ready)
                    .as("nothing is ready but what came and was not taken: %s, %s", queue, waiting)
                    .isLessThanOrEqualTo(withoutExpiredHeads(queue, waiting, nowMillis));
        }
        if (queue.dropsHead()) {
            assertThat(ready).as("the bound holds: %s", queue).isLessThanOrEqualTo(queue.maxLength);
        }
        boolean wanted = queue.singleActive()
                ? !queue.receivers.isEmpty() && queue.receivers.getFirst().hasCredit()
                : queue.receivers.stream().anyMatch(Receiver::hasCredit);
        if (wanted) {
            assertThat(ready)
                    .as("nothing waits while a consumer has room: %s", queue)
                    .isZero();
        }
    }

    private static long withoutExpiredHeads(ModelQueue queue, List<Copy> waiting, long nowMillis) {
        long count = 0;
        for (int level = 0; level <= queue.maxPriority; level++) {
            boolean head = true;
            for (Copy copy : waiting) {
                if (copy.level() == level) {
                    head &= copy.expired(nowMillis);
                    count += head ? 0 : 1;
                }
            }
        }
        return count;
    }
}
