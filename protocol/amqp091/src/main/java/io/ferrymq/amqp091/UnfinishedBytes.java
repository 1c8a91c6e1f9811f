package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Memory that one connection's unfinished messages and held transactions take, with its limit and the one that all
 * connections share.
 *
 * <p>Thread contract: the connection's lane; the shared count is used on every lane.
 */
final class UnfinishedBytes {
    private final long max;
    private final AtomicLong shared;
    private final long sharedMax;
    private long used;

    UnfinishedBytes(long max, AtomicLong shared, long sharedMax) {
        this.max = max;
        this.shared = shared;
        this.sharedMax = sharedMax;
    }

    /** Counts bytes in; past a limit the connection fails, and with that gives everything back. */
    void take(long bytes) {
        used += bytes;
        long usedByAll = shared.addAndGet(bytes);
        if (used > max) {
            throw new FaultException(ReplyCode.RESOURCE_ERROR, "unfinished messages take more than " + max + " bytes");
        }
        if (usedByAll > sharedMax) {
            throw new FaultException(
                    ReplyCode.RESOURCE_ERROR,
                    "unfinished messages of all connections take more than " + sharedMax + " bytes");
        }
    }

    void giveBack(long bytes) {
        used -= bytes;
        shared.addAndGet(-bytes);
    }
}
