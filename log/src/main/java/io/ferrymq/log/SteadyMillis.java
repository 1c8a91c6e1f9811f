package io.ferrymq.log;

import java.util.function.LongSupplier;

/**
 * Milliseconds that begin at what the wall clock says and from there on pass as time does, whatever becomes of the wall
 * clock. Any thread.
 */
public final class SteadyMillis implements LongSupplier {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final LongSupplier nanos;
    private final long beginMillis;
    private final long beginNanos;

    /** @param nanos nanoseconds since any moment, which nobody can set */
    public SteadyMillis(long beginMillis, LongSupplier nanos) {
        this.nanos = nanos;
        this.beginMillis = beginMillis;
        this.beginNanos = nanos.getAsLong();
    }

    @Override
    public long getAsLong() {
        return beginMillis + (nanos.getAsLong() - beginNanos) / NANOS_PER_MILLI;
    }
}
