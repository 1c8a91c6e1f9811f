package io.ferrymq.broker.shard;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Whether a resource runs low, so that publishers must wait. Looked at once a second. Lane only. */
final class Alarms {
    /** Memory must fall below this part of its limit before the alarm ends, so that it does not flutter. */
    private static final double RELIEF = 0.9;

    private final long memoryBytesMax;
    private final long diskFreeBytesMin;
    private final LongSupplier memoryBytes;
    private final LongSupplier diskFreeBytes;
    private boolean memoryLow;
    private boolean diskLow;

    Alarms(long memoryBytesMax, long diskFreeBytesMin, LongSupplier memoryBytes, LongSupplier diskFreeBytes) {
        this.memoryBytesMax = memoryBytesMax;
        this.diskFreeBytesMin = diskFreeBytesMin;
        this.memoryBytes = memoryBytes;
        this.diskFreeBytes = diskFreeBytes;
    }

    /** Looks again; true if the reason changed. */
    boolean look() {
        boolean memoryWasLow = memoryLow;
        boolean diskWasLow = diskLow;
        long limit = memoryLow ? (long) (memoryBytesMax * RELIEF) : memoryBytesMax;
        memoryLow = memoryBytes.getAsLong() > limit;
        diskLow = diskFreeBytes.getAsLong() < diskFreeBytesMin;
        return memoryWasLow != memoryLow || diskWasLow != diskLow;
    }

    boolean diskIsLow() {
        return diskLow;
    }

    /** The words that clients know; null if nothing is low. */
    @Nullable String reason() {
        if (memoryLow && diskLow) {
            return "low on memory & low on disk";
        }
        if (memoryLow) {
            return "low on memory";
        }
        return diskLow ? "low on disk" : null;
    }
}
