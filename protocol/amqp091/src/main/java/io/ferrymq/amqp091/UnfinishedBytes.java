package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;

/**
 * Memory that one connection's unfinished messages and held transactions take, and its limit.
 *
 * <p>Thread contract: the connection's lane.
 */
final class UnfinishedBytes {
    private final long max;
    private long used;

    UnfinishedBytes(long max) {
        this.max = max;
    }

    /** Counts bytes in; past the limit the connection fails. */
    void take(long bytes) {
        used += bytes;
        if (used > max) {
            throw new FaultException(ReplyCode.RESOURCE_ERROR, "unfinished messages take more than " + max + " bytes");
        }
    }

    void giveBack(long bytes) {
        used -= bytes;
    }

    long used() {
        return used;
    }
}
