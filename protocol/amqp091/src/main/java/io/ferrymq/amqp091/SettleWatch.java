package io.ferrymq.amqp091;

import io.ferrymq.wire.Connection;
import io.ferrymq.wire.Lane;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time whether a client settles its deliveries in time: ten times within the shortest timeout, but at
 * least once a minute. Sleeps while nothing has to be settled.
 *
 * <p>Thread contract: the connection's lane.
 */
final class SettleWatch {
    private static final int LOOKS_PER_TIMEOUT = 10;
    private static final long INTERVAL_MILLIS_MIN = 100;
    private static final long INTERVAL_MILLIS_MAX = 60_000;

    private final Connection connection;
    private final LongUnaryOperator look;
    private Lane.@Nullable Alarm alarm;
    private long intervalMillis;

    /**
     * {@code look} gets the time, acts upon what is overdue, and returns the shortest timeout to watch from then on, {@link
     * SettleTimeout#NONE} if there is nothing to watch.
     */
    SettleWatch(Connection connection, LongUnaryOperator look) {
        this.connection = connection;
        this.look = look;
    }

    /** From now on there may be deliveries with this timeout. */
    void watch(long timeoutMillis) {
        if (timeoutMillis == SettleTimeout.NONE) {
            return;
        }
        long wantedMillis = Math.clamp(timeoutMillis / LOOKS_PER_TIMEOUT, INTERVAL_MILLIS_MIN, INTERVAL_MILLIS_MAX);
        if (alarm == null || wantedMillis < intervalMillis) {
            cancel();
            intervalMillis = wantedMillis;
            alarm = connection.schedule(wantedMillis, this::ring);
        }
    }

    void cancel() {
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
    }

    private void ring() {
        alarm = null;
        watch(look.applyAsLong(connection.lane().nowMillis()));
    }
}
