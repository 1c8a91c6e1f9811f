package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.simulation.CrankedLane;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WakeUpTest {
    private static final long BEGIN_MILLIS = 1_000_000;

    private final CrankedLane lane = new CrankedLane(BEGIN_MILLIS);
    private final List<Long> woken = new ArrayList<>();
    private final WakeUp wakeUp = new WakeUp(lane, lane::nowMillis, () -> woken.add(lane.nowMillis() - BEGIN_MILLIS));

    private void pass(long millis) {
        lane.pass(millis);
        lane.turnAll();
    }

    @Test
    void wakesAtTheEarliestTime() {
        wakeUp.at(BEGIN_MILLIS + 500);
        wakeUp.at(BEGIN_MILLIS + 200);
        wakeUp.at(BEGIN_MILLIS + 300);
        pass(199);
        assertThat(woken).isEmpty();
        pass(1);
        assertThat(woken).containsExactly(200L);
    }

    @Test
    void wakesOnceForAllThatAreOverAfterAStall() {
        for (int i = 10; i > 0; i--) {
            wakeUp.at(BEGIN_MILLIS + i);
        }
        pass(1_000);
        assertThat(woken).containsExactly(1_000L);
    }

    @Test
    void timesInFallingOrderLeaveFewTimers() {
        for (int i = 50_000; i > 0; i--) {
            wakeUp.at(BEGIN_MILLIS + i);
        }
        assertThat(lane.timersWaiting()).isLessThan(40);
        pass(1);
        assertThat(woken).containsExactly(1L);
    }
}
