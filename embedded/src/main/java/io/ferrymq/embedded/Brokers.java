package io.ferrymq.embedded;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The brokers of this process that have a name, each with the number of transports that use it. Any thread; opening and
 * closing wait for each other, so that a directory is let go of before it is opened again.
 */
final class Brokers {
    private static final class Shared {
        private final EmbeddedBroker broker;
        private int users;

        Shared(EmbeddedBroker broker) {
            this.broker = broker;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Shared> byName = new HashMap<>();

    /** Opens a transport to the broker of that name, which is opened if it is not there. */
    EmbeddedTransport connect(String name, Supplier<Store> store) {
        lock.lock();
        try {
            @Nullable Shared shared = byName.get(name);
            if (shared == null || shared.broker.hasFailed()) {
                shared = new Shared(EmbeddedBroker.open(store.get()));
                byName.put(name, shared);
            }
            Shared used = shared;
            used.users++;
            return used.broker.connect(() -> left(name, used));
        } finally {
            lock.unlock();
        }
    }

    private void left(String name, Shared shared) {
        lock.lock();
        try {
            shared.users--;
            if (shared.users == 0) {
                byName.remove(name, shared);
                shared.broker.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
