package io.ferrymq.wire;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open connections of a transport, and the limits on their number and on the heap that they take.
 *
 * <p>Thread contract: any thread.
 */
final class ConnectionRegistry {
    private static final Logger log = LoggerFactory.getLogger(ConnectionRegistry.class);

    private static final int REPORT_MILLIS = 1_000;

    private final int connectionsMax;
    private final HeldBytes objects;
    private final AtomicInteger count = new AtomicInteger();
    private long reportedMillis;
    private long refused;

    private final Set<ConnectionHandler> open = ConcurrentHashMap.newKeySet();

    ConnectionRegistry(int connectionsMax, HeldBytes objects) {
        this.connectionsMax = connectionsMax;
        this.objects = objects;
    }

    /** Takes a place, or returns false if there is none. Who took one gives it back with {@link #leave}. */
    boolean tryEnter(ConnectionHandler connection) {
        if (count.incrementAndGet() > connectionsMax) {
            count.decrementAndGet();
            report(connection, "the limit of " + connectionsMax + " connections");
            return false;
        }
        if (objects.bytes() + connection.objectBytes() > objects.bytesMax() / 4 * 3) {
            count.decrementAndGet();
            report(connection, "the limit of " + objects.bytesMax() / 4 * 3 + " bytes of heap for connections");
            return false;
        }
        objects.add(connection.objectBytes());
        open.add(connection);
        return true;
    }

    /** One line a second at most, with how many it stands for. */
    private synchronized void report(ConnectionHandler connection, String limit) {
        long nowMillis = connection.connection().lane().nowMillis();
        refused++;
        if (reportedMillis == 0 || nowMillis - reportedMillis >= REPORT_MILLIS) {
            log.warn("{} is reached: {} new ones were closed at once", limit, refused);
            reportedMillis = Math.max(1, nowMillis);
            refused = 0;
        }
    }

    void leave(ConnectionHandler connection) {
        if (open.remove(connection)) {
            count.decrementAndGet();
            objects.add(-connection.objectBytes());
        }
    }

    int count() {
        return count.get();
    }

    Collection<ConnectionHandler> open() {
        return open;
    }
}
