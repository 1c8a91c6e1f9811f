package io.ferrymq.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RateLimitTest {
    private static @Nullable Double perSecond(String text) {
        RateLimit limit = RateLimit.parse(text);
        return limit == null ? null : (Double) limit.perSecond();
    }

    @Test
    void aRateIsReadAsCeleryWritesIt() {
        assertThat(perSecond("10/s")).isEqualTo(10.0);
        assertThat(perSecond("30/m")).isEqualTo(0.5);
        assertThat(perSecond("36/h")).isEqualTo(0.01);
        assertThat(perSecond("0.5/s")).isEqualTo(0.5);
        assertThat(perSecond("7")).isEqualTo(7.0);
    }

    @Test
    void zeroAndNothingLimitNothing() {
        assertThat(perSecond("0")).isNull();
        assertThat(perSecond("0/m")).isNull();
        assertThat(perSecond("")).isNull();
    }

    @Test
    void whatIsNoRateIsRefused() {
        for (String wrong : List.of("x", "10/d", "-1/s", "1/s/s", "NaN", "1e9/s", "9999999999/s", "/s", " 1/s")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> RateLimit.parse(wrong));
        }
    }
}
