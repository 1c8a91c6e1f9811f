package io.ferrymq.broker.queue;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What was settled in a queue and is not in the log yet, by level. */
final class Settles {
    private final @Nullable PendingSettles[] levels;
    private boolean announced;

    Settles(int levelCount) {
        levels = new PendingSettles[levelCount];
    }

    /** Notes a settled entry; true for the first one since the last {@link #drain}. */
    boolean add(int level, Entry entry) {
        PendingSettles pending = levels[level];
        if (pending == null) {
            pending = new PendingSettles(level);
            levels[level] = pending;
        }
        pending.add(entry);
        boolean first = !announced;
        announced = true;
        return first;
    }

    /** Whether a level has so many ranges that they are to be written now. */
    boolean isFull(int level) {
        PendingSettles pending = levels[level];
        return pending != null && pending.isFull();
    }

    void drain(long queueNumber, ByteBuf out) {
        announced = false;
        for (PendingSettles pending : levels) {
            if (pending != null && !pending.isEmpty()) {
                pending.drain(queueNumber, out);
            }
        }
    }
}
