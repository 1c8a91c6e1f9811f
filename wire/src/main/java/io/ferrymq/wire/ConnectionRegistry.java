package io.ferrymq.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open connections of a transport, and the limit on their number.
 *
 * <p>Thread contract: any thread.
 */
final class ConnectionRegistry {
    private static final Logger log = LoggerFactory.getLogger(ConnectionRegistry.class);

    private final int connectionsMax;
    private final AtomicInteger count = new AtomicInteger();
    private long reportedMillis;
    private long refused;
    private static final int REPORT_MILLIS = 1_000;

    private final Set<ConnectionHandler> open = ConcurrentHashMap.newKeySet();

    ConnectionRegistry(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /** Takes a place, or returns false if there is none. Who took one gives it back with {@link #leave}. */
    boolean tryEnter(ConnectionHandler connection) {
        if (count.incrementAndGet() > connectionsMax) {
            count.decrementAndGet();
            report(connection.connection().lane().nowMillis());
            return false;
        }
        open.add(connection);
        return true;
    }

    /** One line a second at most, with how many it stands for. */
    private synchronized void report(long nowMillis) {
        refused++;
        if (reportedMillis == 0 || nowMillis - reportedMillis >= REPORT_MILLIS) {
            log.warn(
                    "the limit of {} connections is reached: {} new ones were closed at once", connectionsMax, refused);
            reportedMillis = Math.max(1, nowMillis);
            refused = 0;
        }
    }

    void leave(ConnectionHandler connection) {
        if (open.remove(connection)) {
            count.decrementAndGet();
        }
    }

    int count() {
        return count.get();
    }

    Iterable<ConnectionHandler> open() {
        return open;
    }
}
