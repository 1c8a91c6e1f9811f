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
 * @param loopbackUsers users who may log in from this machine only
 */
public record BrokerOptions(
        int queuesMax,
        long memoryBytesMax,
        long diskFreeBytesMin,
        long pendingBytesMax,
        long settleDelayMillis,
        Set<String> loopbackUsers) {
    /** What a broker on a small machine uses. */
    public static BrokerOptions defaults() {
        return new BrokerOptions(100_000, 256L << 20, 1L << 30, 16L << 20, 20, Set.of("guest"));
    }
}
