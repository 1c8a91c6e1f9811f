package io.ferrymq.log;

import io.netty.buffer.ByteBuf;

/** The state that a log rebuilds when it is opened: at most one snapshot, then the records after it, in order. */
public interface RecoveryTarget {
    /**
     * Restores the state as of {@code sequence}. Called at most once, before any {@link #replay}. Live counts start at
     * zero: the target calls {@link CommandLog#retain} on {@code log} for every reference in the snapshot.
     *
     * @param snapshot valid during the call only
     */
    void restore(CommandLog log, long sequence, ByteBuf snapshot);

    /**
     * Applies one record again. Its live count is zero until the target retains it.
     *
     * @param record valid during the call only
     */
    void replay(CommandLog log, RecordView record);
}
