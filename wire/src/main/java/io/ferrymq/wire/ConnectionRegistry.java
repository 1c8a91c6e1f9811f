package io.ferrymq.wire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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
    private final AtomicBoolean limitReported = new AtomicBoolean();
    private final Set<ConnectionHandler> open = ConcurrentHashMap.newKeySet();

    ConnectionRegistry(int connectionsMax) {
        this.connectionsMax = connectionsMax;
    }

    /** Takes a place, or returns false if there is none. Who took one gives it back with {@link #leave}. */
    boolean tryEnter(ConnectionHandler connection) {
        if (count.incrementAndGet() > connectionsMax) {
            count.decrementAndGet();
            if (limitReported.compareAndSet(false, true)) {
                log.warn("The limit of {} connections is reached: new ones are closed at once", connectionsMax);
            }
            return false;
        }
        open.add(connection);
        return true;
    }

    void leave(ConnectionHandler connection) {
        if (open.remove(connection)) {
            count.decrementAndGet();
            limitReported.set(false);
        }
    }

    int count() {
        return count.get();
    }

    Iterable<ConnectionHandler> open() {
        return open;
    }
}
