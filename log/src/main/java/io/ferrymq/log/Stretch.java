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
    private final long firstSequence;
    private final Chunk chunk;
    private long live;
    private boolean inMemory = true;
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
        return firstSequence <= sequence && sequence <= chunk.lastSequence();
    }

    Chunk chunk() {
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
        return inMemory;
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
        stored = run;
        letGo();
    }

    void letGo() {
        if (inMemory) {
            inMemory = false;
            chunk.release();
        }
    }

    @Nullable StoredRun stored() {
        return stored;
    }

    @Nullable ScratchFile file() {
        return file;
    }
}
