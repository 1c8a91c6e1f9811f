package io.ferrymq.broker;

import java.util.Set;

/**
 * Limits and budgets of one broker.
 *
 * @param queuesMax queues in one virtual host
 * @param memoryBytesMax memory held for messages, indexes and buffers, past which publishers are blocked
 * @param diskFreeBytesMin free space of the data directory, below which publishers are blocked
 * @param pendingBytesMax bytes appended and not yet durable, past which publishers are not read from
 * @param settleDelayMillis how long settlements may wait for other work to be written with
 * @param revokedTasksMax ids of revoked tasks that a virtual host remembers; the oldest are forgotten
 * @param revokedTasksMillis how long each is remembered
 * @param loopbackUsers users who may log in from this machine only
 */
public record BrokerOptions(
        int queuesMax,
        long memoryBytesMax,
        long diskFreeBytesMin,
        long pendingBytesMax,
        long settleDelayMillis,
        int revokedTasksMax,
        long revokedTasksMillis,
        Set<String> loopbackUsers) {
    private static final long THIRTY_DAYS_MILLIS = 30L * 24 * 60 * 60 * 1_000;

    /** What a broker on a small machine uses. */
    public static BrokerOptions defaults() {
        return new BrokerOptions(
                100_000, 256L << 20, 1L << 30, 16L << 20, 20, 100_000, THIRTY_DAYS_MILLIS, Set.of("guest"));
    }
}
