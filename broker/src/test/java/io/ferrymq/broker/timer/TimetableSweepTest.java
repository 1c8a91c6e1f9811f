package io.ferrymq.broker.timer;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimetableSweepTest {
    private static final long HOUR = 3_600_000;
    private static final int MANY = 100_000;
    private static final Holder GONE = new Holder.AtQueue("v", 4);
    private static final Holder STAYS = new Holder.AtQueue("v", 5);

    private final List<Long> released = new ArrayList<>();
    private final Timetable timetable = new Timetable(entry -> released.add(entry.sequence));

    @Test
    void whatAHolderHeldIsNobodysAtOnceAndGoesAsTheBudgetAllows() {
        for (int i = 0; i < MANY; i++) {
            timetable.add(HOUR + i % 7 * HOUR, 2 * i + 1, GONE, true);
            timetable.add(HOUR + i % 7 * HOUR, 2 * i + 2, STAYS, true);
        }
        timetable.drop(GONE);
        assertThat(timetable.size()).isEqualTo(MANY);
        assertThat(timetable.count(GONE)).isZero();
        assertThat(timetable.find(1, new DueEntry())).isFalse();
        assertThat(timetable.after(0, 0, 1, _ -> true))
                .extracting(entry -> entry.sequence)
                .containsExactly(2L);
        timetable.add(HOUR, 2 * MANY + 1, GONE, true);
        int parts = 1;
        while (!timetable.sweep(new TurnBudget(1_000))) {
            parts++;
            assertThat(released).hasSizeLessThan(parts * 20_000);
        }
        assertThat(parts).isGreaterThan(5);
        assertThat(released).hasSize(MANY);
        assertThat(timetable.count(GONE)).isEqualTo(1);
        assertThat(timetable.count(STAYS)).isEqualTo(MANY);
    }
}
