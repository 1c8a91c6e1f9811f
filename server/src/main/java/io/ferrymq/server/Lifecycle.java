package io.ferrymq.server;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The started parts, in order. They stop in the opposite order.
 *
 * <p>Thread contract: one thread starts; {@link #close} may come from another one and closes once.
 */
final class Lifecycle implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    private record Part(String name, AutoCloseable closing) {}

    private final Deque<Part> started = new ArrayDeque<>();
    private boolean failed;

    /** Adds a part that has started, and says how it stops. */
    synchronized void started(String name, AutoCloseable closing) {
        started.push(new Part(name, closing));
    }

    /** Stops every part, the newest first. One that fails is logged and does not keep the others from stopping. */
    @Override
    public synchronized void close() {
        while (!started.isEmpty()) {
            Part part = started.pop();
            try {
                part.closing().close();
            } catch (Exception e) {
                failed = true;
                log.error("Stopping {} failed", part.name(), e);
            }
        }
    }

    /** Whether every part that was closed so far has stopped as it should. */
    synchronized boolean stoppedCleanly() {
        return !failed;
    }
}
