package io.ferrymq.wire;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of memory that all connections of a transport hold together, with a limit. Real memory is counted: the capacity
 * of a buffer, not what can be read from it. It may be a part of a larger whole, which is as short as it says for whoever
 * asks the part.
 *
 * <p>Thread contract: any thread.
 *
 * <pre>
 * plenty     below half of the limit: each connection may use its own limits
 * scarce     from half of the limit on: who has anything unsent gets nothing more, buffers are made as small as can be
 * crowded    from four fifths on, if it is the whole: {@link Relief} ends those that hold the most and have made no
 *            progress for long
 * exhausted  at the limit: nobody gets deliveries, nothing more is read for a frame that has begun, and {@link Relief}
 *            ends those that hold the most and make no progress
 * </pre>
 */
public final class HeldBytes {
    private final long bytesMax;
    private final Runnable exhausted;
    private final Runnable crowded;
    private final @Nullable HeldBytes whole;
    private final AtomicLong bytes = new AtomicLong();

    /** A part; {@code exhausted} is called whenever more is counted in while the limit is reached. */
    HeldBytes(long bytesMax, HeldBytes whole, Runnable exhausted) {
        this.bytesMax = bytesMax;
        this.whole = whole;
        this.exhausted = exhausted;
        this.crowded = () -> {};
    }

    /** The whole; {@code crowded} is called whenever more is counted in from four fifths of the limit on. */
    HeldBytes(long bytesMax, Runnable exhausted, Runnable crowded) {
        this.bytesMax = bytesMax;
        this.whole = null;
        this.exhausted = exhausted;
        this.crowded = crowded;
    }

    /** One without a limit. */
    static HeldBytes unbounded() {
        return new HeldBytes(Long.MAX_VALUE, () -> {}, () -> {});
    }

    /** What is held now. */
    public long bytes() {
        return bytes.get();
    }

    /** What may be held. */
    public long bytesMax() {
        return bytesMax;
    }

    /** Whether at least half of the limit is used, here or in the whole. */
    public boolean isScarce() {
        return bytes.get() >= bytesMax / 2 || (whole != null && whole.isScarce());
    }

    /** Whether at least four fifths of the limit are used. */
    boolean isCrowded() {
        return bytes.get() >= bytesMax / 5 * 4;
    }

    /** Whether the limit is reached, here or in the whole. */
    public boolean isExhausted() {
        return bytes.get() >= bytesMax || (whole != null && whole.isExhausted());
    }

    /** Counts bytes in, or out if the number is negative. */
    void add(long change) {
        long now = bytes.addAndGet(change);
        if (change > 0) {
            if (now >= bytesMax) {
                exhausted.run();
            }
            if (now >= bytesMax / 5 * 4) {
                crowded.run();
            }
        }
        if (whole != null) {
            whole.add(change);
        }
    }
}
