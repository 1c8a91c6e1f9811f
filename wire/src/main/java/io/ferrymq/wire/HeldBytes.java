package io.ferrymq.wire;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of memory that all connections of a transport hold together, with a limit. Real memory is counted: the capacity
 * of a buffer, not what can be read from it.
 *
 * <p>Thread contract: any thread.
 *
 * <pre>
 * plenty     below half of the limit: each connection may use its own limits
 * scarce     from half of the limit on: who has anything unsent gets nothing more, buffers are made as small as can be
 * exhausted  at the limit: nobody gets deliveries, nothing more is read for a frame that has begun, and {@link Relief}
 *            ends those that hold the most and make no progress
 * </pre>
 */
public final class HeldBytes {
    private final long bytesMax;
    private final Runnable exhausted;
    private final AtomicLong bytes = new AtomicLong();

    /** {@code exhausted} is called whenever more is counted in while the limit is reached. */
    HeldBytes(long bytesMax, Runnable exhausted) {
        this.bytesMax = bytesMax;
        this.exhausted = exhausted;
    }

    /** What is held now. */
    public long bytes() {
        return bytes.get();
    }

    /** What may be held. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Whether at least half of the limit is used. */
    public boolean isScarce() {
        return bytes.get() >= bytesMax / 2;
    }

    /** Whether the limit is reached. */
    public boolean isExhausted() {
        return bytes.get() >= bytesMax;
    }

    /** Counts bytes in, or out if the number is negative. */
    void add(long change) {
        if (bytes.addAndGet(change) >= bytesMax && change > 0) {
            exhausted.run();
        }
    }
}
