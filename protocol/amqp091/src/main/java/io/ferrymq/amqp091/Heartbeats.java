package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.FrameWriter;
import io.ferrymq.wire.ClientLog;
import io.ferrymq.wire.Connection;
import org.slf4j.LoggerFactory;

/**
 * Signs of life in both directions (clause 4.2.7). We send one when we have sent nothing for half the interval agreed,
 * and drop the connection when nothing at all has come for two whole ones. A peer that we have stopped reading from is
 * not blamed for the silence.
 *
 * <p>Thread contract: the connection's lane.
 */
final class Heartbeats {
    private static final ClientLog LOG = new ClientLog(LoggerFactory.getLogger(Heartbeats.class));
    private static final int HEARTBEAT_BYTES = 8;

    private final long intervalMillis;
    private final Connection connection;
    private final OutboundBuffer out;
    private final ReadGate gate;
    private final Runnable beat = this::beat;
    private long listeningSinceMillis;

    private Heartbeats(long intervalMillis, Connection connection, OutboundBuffer out, ReadGate gate) {
        this.intervalMillis = intervalMillis;
        this.connection = connection;
        this.out = out;
        this.gate = gate;
        this.listeningSinceMillis = connection.lane().nowMillis();
    }

    /** Begins to beat, unless the interval is 0; ends with the connection. */
    static void start(int intervalSeconds, Connection connection, OutboundBuffer out, ReadGate gate) {
        if (intervalSeconds > 0) {
            new Heartbeats(intervalSeconds * 1_000L, connection, out, gate).scheduleNext();
        }
    }

    private void scheduleNext() {
        var _ = connection.schedule(intervalMillis / 2, beat);
    }

    private void beat() {
        long nowMillis = connection.lane().nowMillis();
        if (gate.isShut() || connection.isReadingPaused()) {
            listeningSinceMillis = nowMillis;
        }
        long heardMillis = Math.max(connection.lastReadMillis(), listeningSinceMillis);
        if (nowMillis - heardMillis > 2 * intervalMillis) {
            LOG.info(
                    connection.lane(),
                    "{}: missed heartbeats for {} ms",
                    connection.remoteAddress(),
                    nowMillis - heardMillis);
            connection.closeNow();
            return;
        }
        if (nowMillis - connection.lastWriteMillis() >= intervalMillis / 2) {
            FrameWriter.writeHeartbeat(out.buffer(HEARTBEAT_BYTES));
        }
        scheduleNext();
    }
}
