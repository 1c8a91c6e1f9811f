package io.ferrymq.embedded;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The brokers of this process that have a name, each with the number of transports that use it. Any thread; who opens one
 * waits while it is being closed, so that a directory is let go of before it is opened again.
 */
final class Brokers {
    private static final class Shared {
        private final EmbeddedBroker broker;
        private int users;
        private boolean closing;

        Shared(EmbeddedBroker broker) {
            this.broker = broker;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closed = lock.newCondition();
    private final Map<String, Shared> byName = new HashMap<>();

    /** Opens a transport to the broker of that name, which is opened if it is not there. */
    EmbeddedTransport connect(String name, Supplier<Store> store) {
        lock.lock();
        try {
            @Nullable Shared shared = byName.get(name);
            while (shared != null && shared.closing) {
                requireOtherThread(shared.broker);
                closed.awaitUninterruptibly();
                shared = byName.get(name);
            }
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

    private static void requireOtherThread(EmbeddedBroker closing) {
        if (closing.lane().isCurrent()) {
            throw new IllegalStateException(
                    "the broker of this name is being closed: connect again from a thread of the application's own");
        }
    }

    private void left(String name, Shared shared) {
        lock.lock();
        try {
            shared.users--;
            if (shared.users > 0) {
                return;
            }
            shared.closing = true;
        } finally {
            lock.unlock();
        }
        try {
            // Without the lock: what still completes on the broker's lane may open another.
            shared.broker.close();
        } finally {
            lock.lock();
            try {
                byName.remove(name, shared);
                closed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
