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
 * @param heapBytesMax heap that the broker may fill with all that it holds as objects
 * @param directBytesMax memory outside the heap that records and sockets may fill
 */
public record BrokerOptions(
        int queuesMax,
        long memoryBytesMax,
        long diskFreeBytesMin,
        long pendingBytesMax,
        long settleDelayMillis,
        int revokedTasksMax,
        long revokedTasksMillis,
        Set<String> loopbackUsers,
        long heapBytesMax,
        long directBytesMax) {
    private static final long UNBOUNDED = 1L << 50;
    private static final long THIRTY_DAYS_MILLIS = 30L * 24 * 60 * 60 * 1_000;

    /** Limits of a broker whose heap and direct memory are no concern of its own. */
    public BrokerOptions(
            int queuesMax,
            long memoryBytesMax,
            long diskFreeBytesMin,
            long pendingBytesMax,
            long settleDelayMillis,
            int revokedTasksMax,
            long revokedTasksMillis,
            Set<String> loopbackUsers) {
        this(
                queuesMax,
                memoryBytesMax,
                diskFreeBytesMin,
                pendingBytesMax,
                settleDelayMillis,
                revokedTasksMax,
                revokedTasksMillis,
                loopbackUsers,
                UNBOUNDED,
                UNBOUNDED);
    }

    /** The same with so much heap. */
    public BrokerOptions withHeap(long bytes) {
        return withMemory(bytes, directBytesMax);
    }

    /** The same with so much heap and memory outside it. */
    public BrokerOptions withMemory(long heapBytes, long directBytes) {
        return new BrokerOptions(
                queuesMax,
                memoryBytesMax,
                diskFreeBytesMin,
                pendingBytesMax,
                settleDelayMillis,
                revokedTasksMax,
                revokedTasksMillis,
                loopbackUsers,
                heapBytes,
                directBytes);
    }

    /** What a broker on a small machine uses. */
    public static BrokerOptions defaults() {
        return new BrokerOptions(
                100_000, 256L << 20, 1L << 30, 16L << 20, 20, 100_000, THIRTY_DAYS_MILLIS, Set.of("guest"));
    }
}
