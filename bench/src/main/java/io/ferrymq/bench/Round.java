package io.ferrymq.bench;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/** What one round of one scenario on one broker came to. */
sealed interface Round {
    /**
     * The counted interval of a round.
     *
     * @param sentPerSecond as PerfTest reports
     * @param receivedPerSecond as PerfTest reports
     * @param consumerLatency from publish to delivery, in the same JVM
     * @param confirmLatency from publish to confirm; all zero without confirms
     * @param cpuNanosPerMessage CPU time of the broker's process per received message
     * @param residentBytes memory of the broker's process at the end of the round
     * @param flushesPerSecond of the disk under the broker's data
     */
    record Measured(
            double sentPerSecond,
            double receivedPerSecond,
            Latency consumerLatency,
            Latency confirmLatency,
            OptionalDouble cpuNanosPerMessage,
            OptionalLong residentBytes,
            OptionalDouble flushesPerSecond)
            implements Round {}

    /** No figures, and why. */
    record Failed(String reason) implements Round {}

    /** Percentiles in microseconds, 0 if nothing was recorded. */
    record Latency(long medianMicros, long p99Micros) {}
}
