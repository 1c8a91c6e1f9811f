package io.ferrymq.log;

/**
 * Sizes and budgets of one log. All are bytes unless named otherwise.
 *
 * @param shard number of the shard, written into every file header
 * @param segmentBytes size of a journal segment; a larger batch gets a segment of its own
 * @param batchBytesMax a batch is closed when it reaches this size
 * @param tailCacheBytes memory for recent records, shared by all readers
 * @param transientCacheBytes memory for transient records, past which they go to a scratch file
 * @param readAheadBytes how much is read from disk at once
 * @param spareSegments how many dead segments are kept for reuse
 * @param checkpointBytes journal bytes after which a checkpoint is due
 * @param checkpointMillis milliseconds after which a checkpoint is due if anything was appended
 * @param laneFlushMicrosMax flushes that take at most this many microseconds on average are done on the lane; 0 for none
 */
public record LogOptions(
        int shard,
        int segmentBytes,
        int batchBytesMax,
        long tailCacheBytes,
        long transientCacheBytes,
        int readAheadBytes,
        int spareSegments,
        long checkpointBytes,
        long checkpointMillis,
        int laneFlushMicrosMax) {
    private static final int BYTES_MIN = 1024;

    public LogOptions {
        if (batchBytesMax < BYTES_MIN || readAheadBytes < BYTES_MIN || segmentBytes < batchBytesMax) {
            throw new IllegalArgumentException("a batch of " + batchBytesMax + ", a segment of " + segmentBytes
                    + " or a read-ahead of " + readAheadBytes + " bytes is too small");
        }
        if (spareSegments < 0 || tailCacheBytes < 0 || transientCacheBytes < 0 || laneFlushMicrosMax < 0) {
            throw new IllegalArgumentException("a budget is negative");
        }
    }

    /**
     * What a broker on a small machine uses. As many spares as there are segments between two checkpoints while 500 MB/s
     * are written, so that dead segments serve again and none has to be filled then.
     */
    public static LogOptions defaults() {
        return new LogOptions(0, 64 << 20, 1 << 20, 32 << 20, 32 << 20, 256 << 10, 12, 256L << 20, 60_000, 500);
    }
}
