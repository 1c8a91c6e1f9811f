package io.ferrymq.log;

import org.jspecify.annotations.Nullable;

/**
 * Transient records that come and go together. Lane-owned.
 *
 * <pre>
 *   state     on                                    to
 *   open      the next record does not fit          memory, or gone if nothing in it is live
 *   memory    the budget is passed                  spilling
 *   memory    the last reference is released        gone
 *   spilling  the scratch file has it               stored, or gone if nothing in it is live
 *   stored    the last reference is released        gone
 * </pre>
 */
final class Stretch {
    /** What it takes on the heap once it is stored, with its place among the others, beside its index. */
    private static final int STORED_BYTES = 256;

    private final long firstSequence;
    private long lastSequence;
    private @Nullable Chunk chunk;
    private long live;
    private @Nullable ScratchFile file;
    private @Nullable StoredRun stored;

    Stretch(Chunk chunk) {
        this.chunk = chunk;
        this.firstSequence = chunk.firstSequence();
    }

    long firstSequence() {
        return firstSequence;
    }

    boolean holds(long sequence) {
        return firstSequence <= sequence && sequence <= (chunk == null ? lastSequence : chunk.lastSequence());
    }

    /** Its memory, which is there until it is stored or gone. */
    Chunk chunk() {
        if (chunk == null) {
            throw new IllegalStateException("a stretch that is not in memory");
        }
        return chunk;
    }

    /** Adds references, or takes them away; returns how many there are. */
    long addLive(int change) {
        live += change;
        return live;
    }

    long live() {
        return live;
    }

    boolean inMemory() {
        return chunk != null;
    }

    /** On its way into a file. */
    void spilling(ScratchFile target) {
        file = target;
    }

    boolean isSpilling() {
        return file != null && stored == null;
    }

    /** In the file; the memory is let go. */
    void stored(StoredRun run) {
        lastSequence = chunk().lastSequence();
        stored = run;
        letGo();
    }

    void letGo() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    /**
     * Takes the records of {@code next}, whose sequences are all larger, if both are stored and it lies right behind in the
     * same file; so what waits in a file costs a few bytes of the index for each record, however large they are.
     */
    boolean join(Stretch next) {
        StoredRun ours = stored;
        StoredRun other = next.stored;
        if (ours == null
                || other == null
                || file != next.file
                || ours.end() != other.begin()
                || next.lastSequence - firstSequence > Integer.MAX_VALUE
                || other.end() - ours.begin() > Integer.MAX_VALUE) {
            return false;
        }
        ours.append(other);
        lastSequence = next.lastSequence;
        live += next.live;
        return true;
    }

    /** What it takes on the heap while it is stored. */
    long storedBytes() {
        return stored == null ? 0 : STORED_BYTES + stored.index().memoryBytes();
    }

    @Nullable StoredRun stored() {
        return stored;
    }

    @Nullable ScratchFile file() {
        return file;
    }
}
