package io.ferrymq.broker.queue;

import org.jspecify.annotations.Nullable;

/** The message that a queue would hand out next. A slot that its queue reuses. */
final class Head {
    private final Entry entry = new Entry();
    private @Nullable Level level;
    private boolean returned;

    void set(Level level, Entry entry, boolean returned) {
        this.level = level;
        this.entry.copyFrom(entry);
        this.returned = returned;
    }

    /** Refers to nothing any more. */
    void clear() {
        level = null;
    }

    Entry entry() {
        return entry;
    }

    Level level() {
        Level shown = level;
        if (shown == null) {
            throw new IllegalStateException("nothing was shown");
        }
        return shown;
    }

    /** Whether it was handed out before and came back. */
    boolean returned() {
        return returned;
    }

    boolean mayHaveBeenDelivered() {
        return returned || level().mayHaveBeenDelivered(entry.ordinal);
    }
}
