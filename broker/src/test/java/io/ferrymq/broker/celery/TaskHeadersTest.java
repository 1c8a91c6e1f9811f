package io.ferrymq.broker.celery;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TaskHeadersTest {
    @ParameterizedTest
    @CsvSource({
        "2030-05-06T07:08:09+00:00, 2030-05-06T07:08:09Z",
        "2030-05-06T07:08:09Z, 2030-05-06T07:08:09Z",
        "2030-05-06T07:08:09.5-02:30, 2030-05-06T09:38:09.500Z",
        "2030-05-06T07:08+05:45, 2030-05-06T01:23:00Z",
        "2030-05-06T07:08:09.123000+00:00, 2030-05-06T07:08:09.123Z",
        "2030-05-06T07:08:09.123001+00:00, 2030-05-06T07:08:09.124Z",
        "2030-05-06T07:08:09.999999+00:00, 2030-05-06T07:08:10Z",
        "1900-01-01T00:00:00+00:00, 1970-01-01T00:00:00.001Z"
    })
    void readsTimesAsPythonWritesThem(String text, Instant time) {
        assertThat(TaskHeaders.millis(text)).isEqualTo(time.toEpochMilli());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2030-05-06T07:08:09",
                "2030-05-06",
                "2030-02-30T00:00:00+00:00",
                "2030-05-06T24:00:01+00:00",
                "+999999999-01-01T00:00:00+00:00",
                "2030-05-06T07:08:09+00:00 and more",
                "1746515289"
            })
    void takesAnyOtherTextForNoTime(String text) {
        assertThat(TaskHeaders.millis(text)).isEqualTo(TaskHeaders.NEVER);
    }

    @Test
    void takesWhatIsNoTextForNoTime() {
        assertThat(TaskHeaders.millis(null)).isEqualTo(TaskHeaders.NEVER);
        assertThat(TaskHeaders.millis(1_746_515_289)).isEqualTo(TaskHeaders.NEVER);
        assertThat(TaskHeaders.millis(Instant.EPOCH)).isEqualTo(TaskHeaders.NEVER);
        assertThat(TaskHeaders.millis("9".repeat(100_000))).isEqualTo(TaskHeaders.NEVER);
    }
}
