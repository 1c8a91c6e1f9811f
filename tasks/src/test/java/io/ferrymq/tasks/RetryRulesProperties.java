package io.ferrymq.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.tasks.RetryRules.Jitter;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** How long retries wait, compared with exact arithmetic. */
final class RetryRulesProperties {
    @Property
    void delaysDoubleUpToTheLongest(
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long firstMillis,
            @ForAll @LongRange(min = 0, max = 100_000_000_000L) long moreMillis,
            @ForAll @IntRange(min = 0, max = 1_000_000) int retries,
            @ForAll long seed) {
        Duration first = Duration.ofMillis(firstMillis);
        Duration longest = Duration.ofMillis(firstMillis + moreMillis);
        BigInteger doubled = BigInteger.valueOf(firstMillis).shiftLeft(Math.min(retries, 1_000));
        long expectedMillis = firstMillis == 0
                ? 0
                : doubled.min(BigInteger.valueOf(longest.toMillis())).longValueExact();
        RetryRules exact = new RetryRules(3, List.of(), List.of(), first, longest, Jitter.NONE);
        RetryRules jittered = new RetryRules(3, List.of(), List.of(), first, longest, Jitter.FULL);
        assertThat(exact.delayAfter(retries, new Random(seed)).toMillis()).isEqualTo(expectedMillis);
        assertThat(jittered.delayAfter(retries, new Random(seed)).toMillis()).isBetween(0L, expectedMillis);
    }
}
