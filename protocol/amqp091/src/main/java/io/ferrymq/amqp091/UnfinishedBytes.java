package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.ReplyCode;
import io.ferrymq.wire.Connection;

/**
 * Memory that one connection's unfinished messages and held transactions take, with its limit. The wire adds up what all
 * connections hold and ends the greediest when it is too much.
 *
 * <p>Thread contract: the connection's lane.
 */
final class UnfinishedBytes {
    private final long max;
    private final Connection connection;
    private long used;

    UnfinishedBytes(long max, Connection connection) {
        this.max = max;
        this.connection = connection;
    }

    /** Counts bytes in; past a limit the connection fails, and with that gives everything back. */
    void take(long bytes) {
        used += bytes;
        connection.hold(bytes);
        if (used > max) {
            throw new FaultException(ReplyCode.RESOURCE_ERROR, "unfinished messages take more than " + max + " bytes");
        }
    }

    void giveBack(long bytes) {
        used -= bytes;
        connection.hold(-bytes);
    }
}
