package io.ferrymq.broker.queue;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What was settled in a queue and is not in the log yet, by level. */
final class Settles {
    private static final @Nullable PendingSettles[] NONE = {};

    /** By number, up to the highest that had something to settle. */
    private @Nullable PendingSettles[] levels = NONE;

    private final LongConsumer held;
    private boolean announced;

    /** {@code held} is told of all memory that it takes and gives back. */
    Settles(LongConsumer held) {
        this.held = held;
    }

    /** Notes a settled entry; true for the first one since the last {@link #drain}. */
    boolean add(int level, Entry entry) {
        of(level).add(entry);
        boolean first = !announced;
        announced = true;
        return first;
    }

    private PendingSettles of(int level) {
        if (level >= levels.length) {
            held.accept((long) (level + 1 - levels.length) * Integer.BYTES);
            levels = Arrays.copyOf(levels, level + 1);
        }
        PendingSettles pending = levels[level];
        if (pending == null) {
            pending = new PendingSettles(level, held);
            levels[level] = pending;
        }
        return pending;
    }

    /** Whether a level has so many ranges that they are to be written now. */
    boolean isFull(int level) {
        PendingSettles pending = level < levels.length ? levels[level] : null;
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

    long memoryBytes() {
        long bytes = (long) levels.length * Integer.BYTES;
        for (PendingSettles pending : levels) {
            bytes += pending == null ? 0 : pending.memoryBytes();
        }
        return bytes;
    }
}
