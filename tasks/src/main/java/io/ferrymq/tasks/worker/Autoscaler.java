package io.ferrymq.tasks.worker;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Looks at a pool from time to time and changes how many calls it runs at a time. Any thread. */
final class Autoscaler {
    private final Pool pool;
    private final LongSupplier nanos;
    private final Runnable changed;

    /** Null if the pool does not follow the load. */
    private @Nullable Autoscale bounds;

    private long busyNanos;

    /** @param changed run when the pool has another size */
    Autoscaler(Pool pool, @Nullable Autoscale bounds, LongSupplier nanos, Runnable changed) {
        this.pool = pool;
        this.bounds = bounds;
        this.nanos = nanos;
        this.changed = changed;
        this.busyNanos = nanos.getAsLong();
    }

    synchronized @Nullable Autoscale bounds() {
        return bounds;
    }

    synchronized void bounds(Autoscale now) {
        bounds = now;
    }

    /** Grows the pool, or lets it shrink, if it should. */
    void look() {
        if (adjust()) {
            changed.run();
        }
    }

    private synchronized boolean adjust() {
        @Nullable Autoscale now = bounds;
        if (now == null) {
            return false;
        }
        int size = pool.concurrency();
        if (pool.running() >= size) {
            busyNanos = nanos.getAsLong();
        }
        Duration idle = Duration.ofNanos(nanos.getAsLong() - busyNanos);
        int next = now.next(size, pool.running(), pool.waiting(), idle);
        if (next == size) {
            return false;
        }
        busyNanos = nanos.getAsLong();
        pool.resize(next);
        return true;
    }
}
