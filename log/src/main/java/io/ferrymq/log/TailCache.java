package io.ferrymq.log;

import org.jspecify.annotations.Nullable;

/**
 * The newest chunks of the journal, those not yet durable included. Readers of recent records share them; past the
 * budget the oldest durable ones are let go. Lane-owned.
 */
final class TailCache {
    private final long budgetBytes;
    private long bytesMax;
    private final SequenceRing<Chunk> chunks = new SequenceRing<>(Chunk::firstSequence);
    private long bytes;

    TailCache(long bytesMax) {
        this.budgetBytes = bytesMax;
        this.bytesMax = bytesMax;
    }

    void add(Chunk chunk) {
        chunks.addLast(chunk);
        bytes += chunk.memoryBytes();
    }

    /** The chunk that holds this sequence if any here does. */
    @Nullable Chunk find(long sequence) {
        int number = chunks.floor(sequence);
        if (number < 0) {
            return null;
        }
        Chunk chunk = chunks.get(number);
        return sequence <= chunk.lastSequence() ? chunk : null;
    }

    /** Lets chunks go until the budget is kept, but none that is not yet durable. */
    void evict(long durableSequence) {
        while (bytes > bytesMax && chunks.size() > 0 && chunks.get(0).lastSequence() <= durableSequence) {
            drop();
        }
    }

    /** Takes no more than this part of its budget from now on, once {@link #evict} is called. */
    void percent(int percent) {
        bytesMax = budgetBytes / 100 * percent;
    }

    private void drop() {
        Chunk chunk = chunks.removeFirst();
        bytes -= chunk.memoryBytes();
        chunk.release();
    }

    long memoryBytes() {
        return bytes;
    }

    void close() {
        while (chunks.size() > 0) {
            drop();
        }
    }
}
