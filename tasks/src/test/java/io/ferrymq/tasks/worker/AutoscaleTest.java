package io.ferrymq.tasks.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class AutoscaleTest {
    private final Autoscale bounds = new Autoscale(2, 10);

    @Test
    void growsByWhatWaitsUpToItsMaximum() {
        assertThat(bounds.next(2, 2, 3, Duration.ZERO)).isEqualTo(5);
        assertThat(bounds.next(5, 5, 100, Duration.ZERO)).isEqualTo(10);
    }

    @Test
    void shrinksToWhatRunsWhenItWasNotNeededForAWhile() {
        assertThat(bounds.next(10, 4, 0, Duration.ofSeconds(29))).isEqualTo(10);
        assertThat(bounds.next(10, 4, 0, Autoscale.KEEP_ALIVE)).isEqualTo(4);
        assertThat(bounds.next(10, 0, 0, Autoscale.KEEP_ALIVE)).isEqualTo(2);
    }

    @Test
    void comesBackBetweenItsBounds() {
        assertThat(bounds.next(1, 0, 0, Duration.ZERO)).isEqualTo(2);
        assertThat(bounds.next(50, 50, 0, Duration.ZERO)).isEqualTo(10);
    }

    @Test
    void refusesBoundsThatAreNone() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Autoscale(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Autoscale(3, 2));
    }
}
