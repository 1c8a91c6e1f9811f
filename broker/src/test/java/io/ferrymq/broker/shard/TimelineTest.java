package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TimelineTest {
    private long wallMillis = 1_000_000;
    private final Timeline timeline = new Timeline(() -> wallMillis, () -> 0);

    @Test
    void aMomentBeyondAllTimeIsNever() {
        wallMillis -= 500_000;
        assertThat(timeline.look()).isEqualTo(500_000);
        assertThat(timeline.ofWall(600_000)).isEqualTo(1_100_000);
        assertThat(timeline.ofWall(Long.MAX_VALUE - 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(timeline.ofWall(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        assertThat(timeline.ofWall(Long.MIN_VALUE)).isZero();
    }
}
