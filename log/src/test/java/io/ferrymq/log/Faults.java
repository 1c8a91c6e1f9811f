package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong on a {@link FakeDisk}. Counts are of operations from now on, beginning with 1; every operation that
 * changes something counts: making a file, write, truncation, rename, deletion, force.
 */
public final class Faults {
    private static final int NEVER = Integer.MAX_VALUE;

    private int operations;
    private int powerLossAt = NEVER;
    private int writesUntilError = NEVER;
    private int forcesUntilError = NEVER;
    private int renamesUntilError = NEVER;
    private long capacityBytes = Long.MAX_VALUE;
    private int readBytesMax = NEVER;
    private @Nullable String unreadableFile;
    private long unreadableAt;
    private int unreadableBytes;

    /** How many operations there have been. */
    public int operations() {
        return operations;
    }

    /**
     * Cuts the power in the nth operation: it fails, though a write has reached the cache, and so does everything
     * after it.
     */
    public void losePowerAt(int operation) {
        powerLossAt = operations + operation;
    }

    public boolean powerIsLost() {
        return operations >= powerLossAt;
    }

    /** The nth write fails with an I/O error. */
    public void failWrite(int nth) {
        writesUntilError = nth;
    }

    /** The nth force, of a file or of the directory, fails with an I/O error. */
    public void failForce(int nth) {
        forcesUntilError = nth;
    }

    /** The nth rename fails with an I/O error. */
    public void failRename(int nth) {
        renamesUntilError = nth;
    }

    /** The disk is full when its files together are this long. */
    public void limitCapacity(long bytes) {
        capacityBytes = bytes;
    }

    /** A single read gives at most this many bytes. */
    public void shortenReads(int bytesMax) {
        readBytesMax = bytesMax;
    }

    /** Reads that touch this stretch of a file fail with an I/O error, as they do in a bad sector. */
    public void failReadsOf(String file, long position, int length) {
        unreadableFile = file;
        unreadableAt = position;
        unreadableBytes = length;
    }

    void beforeRead(String file, long position, int length) throws IOException {
        if (file.equals(unreadableFile)
                && position < unreadableAt + unreadableBytes
                && unreadableAt < position + length) {
            throw new IOException("Input/output error");
        }
    }

    long capacityBytes() {
        return capacityBytes;
    }

    void beforeChange() throws IOException {
        if (++operations >= powerLossAt) {
            throw new PowerLossException(operations);
        }
    }

    /** The power is not cut before a write but after it: whether any of it arrives is decided when it comes back. */
    void beforeWrite(long usedBytesAfterwards) throws IOException {
        if (operations >= powerLossAt) {
            throw new PowerLossException(operations);
        }
        if (--writesUntilError == 0) {
            throw new IOException("Input/output error");
        }
        if (usedBytesAfterwards > capacityBytes) {
            throw new OutOfSpaceException(
                    "the disk", usedBytesAfterwards - capacityBytes, 0, new IOException("No space left on device"));
        }
    }

    void afterWrite() throws IOException {
        beforeChange();
    }

    void beforeForce() throws IOException {
        beforeChange();
        if (--forcesUntilError == 0) {
            throw new IOException("Input/output error");
        }
    }

    void beforeRename() throws IOException {
        beforeChange();
        if (--renamesUntilError == 0) {
            throw new IOException("Input/output error");
        }
    }

    /** How many bytes this read may give. */
    int beforeRead(ByteBuffer target) throws IOException {
        if (operations >= powerLossAt) {
            throw new PowerLossException(operations);
        }
        return Math.min(target.remaining(), readBytesMax);
    }
}
