package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class DelayedRetryProperties {
    /** The wait in numbers without end. */
    private static long naive(Backoff backoff, long minMillis, long maxMillis, int returns) {
        BigInteger min = BigInteger.valueOf(minMillis);
        BigInteger whole = switch (backoff) {
            case LINEAR -> min.multiply(BigInteger.valueOf(returns));
            case EXPONENTIAL -> min.shiftLeft(returns - 1);
        };
        return whole.min(BigInteger.valueOf(maxMillis)).longValueExact();
    }

    @Property
    void theWaitIsWhatTheFormulaSaysWhateverTheNumbers(
            @ForAll Backoff backoff,
            @ForAll @LongRange(min = 1) long minMillis,
            @ForAll @LongRange(min = 1) long maxMillis,
            @ForAll @IntRange(min = 1, max = 5_000) int returns) {
        DelayedRetry retry = new DelayedRetry(RetryType.ALL, minMillis, maxMillis, backoff, 0);
        assertThat(retry.delayMillis(returns, 0.7)).isEqualTo(naive(backoff, minMillis, maxMillis, returns));
    }

    @Property
    void jitterTakesNoMoreThanItsPart(
            @ForAll Backoff backoff,
            @ForAll @LongRange(min = 1, max = 1_000_000_000_000L) long minMillis,
            @ForAll @IntRange(max = 100) int jitterPercent,
            @ForAll @IntRange(min = 1, max = 100) int returns,
            @ForAll @DoubleRange(max = 1, maxIncluded = false) double chance) {
        long maxMillis = 1_000_000_000_000L;
        DelayedRetry retry = new DelayedRetry(RetryType.ALL, minMillis, maxMillis, backoff, jitterPercent);
        long whole = naive(backoff, minMillis, maxMillis, returns);
        long least = whole - (long) Math.ceil(whole * (jitterPercent / 100.0));
        assertThat(retry.delayMillis(returns, chance)).isBetween(least, whole);
        assertThat(retry.delayMillis(returns, 0)).isEqualTo(whole);
    }
}
