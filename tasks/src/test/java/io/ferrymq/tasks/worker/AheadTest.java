package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AheadTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MICROSECOND = 1_000;

    private final AtomicInteger changes = new AtomicInteger();
    private final Ahead ahead = new Ahead(4, changes::incrementAndGet);

    private void run(int calls, long nanos) {
        for (int i = 0; i < calls; i++) {
            ahead.ran(nanos);
        }
    }

    @Test
    void takesNoMoreThanAskedForWhileCallsAreLong() {
        run(100, SECOND);
        assertThat(ahead.multiplier()).isEqualTo(4);
        assertThat(changes).hasValue(0);
    }

    @Test
    void takesMoreWhenCallsAreShort() {
        run(100, MICROSECOND);
        assertThat(ahead.multiplier()).isEqualTo(Ahead.MULTIPLIER_MAX);
        assertThat(changes).hasValue(1);
    }

    @Test
    void takesLessAgainAsSoonAsCallsAreLong() {
        run(100, MICROSECOND);
        run(5, SECOND);
        assertThat(ahead.multiplier()).isEqualTo(4);
    }

    @Test
    void takesWhatTheTimeIsEnoughFor() {
        run(1_000, 2 * 1_000 * MICROSECOND);
        assertThat(ahead.multiplier()).isEqualTo(Ahead.WORK_MILLIS / 2);
    }

    @Test
    void changesSeldom() {
        for (int i = 1; i <= 1_000; i++) {
            ahead.ran(i % 2 == 0 ? 3 * 1_000 * MICROSECOND : 4 * 1_000 * MICROSECOND);
        }
        assertThat(changes.get()).isLessThan(5);
    }

    @Test
    void aMultiplierAboveTheBoundStays() {
        Ahead much = new Ahead(1_000, changes::incrementAndGet);
        for (int i = 0; i < 100; i++) {
            much.ran(MICROSECOND);
        }
        assertThat(much.multiplier()).isEqualTo(1_000);
        assertThat(changes).hasValue(0);
    }
}
