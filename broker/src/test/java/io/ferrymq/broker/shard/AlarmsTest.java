package io.ferrymq.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AlarmsTest {
    private long memoryBytes;
    private long diskFreeBytes = 100;
    private final Alarms alarms = new Alarms(1_000, 50, () -> memoryBytes, () -> diskFreeBytes);

    @Test
    void namesWhatRunsLow() {
        assertThat(alarms.look()).isFalse();
        assertThat(alarms.reason()).isNull();
        memoryBytes = 1_001;
        assertThat(alarms.look()).isTrue();
        assertThat(alarms.reason()).isEqualTo("low on memory");
        diskFreeBytes = 49;
        assertThat(alarms.look()).isTrue();
        assertThat(alarms.reason()).isEqualTo("low on memory & low on disk");
        memoryBytes = 0;
        assertThat(alarms.look()).isTrue();
        assertThat(alarms.reason()).isEqualTo("low on disk");
        assertThat(alarms.look()).isFalse();
    }

    @Test
    void doesNotFlutterAtTheLimit() {
        memoryBytes = 1_001;
        alarms.look();
        memoryBytes = 950;
        assertThat(alarms.look()).isFalse();
        assertThat(alarms.reason()).isEqualTo("low on memory");
        memoryBytes = 900;
        assertThat(alarms.look()).isTrue();
        assertThat(alarms.reason()).isNull();
    }
}
