package io.ferrymq.log;

import io.netty.buffer.ByteBuf;

/**
 * An append-only log of one shard's commands, and the store of the bodies inside them.
 *
 * <p>Thread contract: every method is called on the shard's lane, and every callback arrives there.
 *
 * <p>A record gets its sequence when it is appended, becomes durable later, and is reported through {@link
 * DurableListener} in order. A <em>transient</em> record takes a sequence from the same counter, is never written to
 * the journal and is gone after a restart; it lives in memory and, past a budget, in a scratch file. Both are read with
 * the same call. Sequences increase and are not dense.
 */
public interface CommandLog {
    /** The largest payload of one record, in bytes: a body of 128 MiB and its header. */
    int PAYLOAD_BYTES_MAX = (128 << 20) + (16 << 20);

    /**
     * Appends a record that will be durable. The payload is {@code head} followed by {@code body}.
     *
     * <p>The log copies small parts and retains large ones, unless they keep much more memory than their own; the caller keeps its own references and may reuse {@code
     * head} at once. The reader indexes of both are left as they are. Nothing is written before {@link #flush} or
     * before a batch is full.
     *
     * @param type the caller's record type, 1 to 127
     * @param liveCount how many references keep the payload readable; 0 for a command that is only replayed
     * @return the record's sequence
     * @throws IllegalArgumentException if the payload is larger than {@link #PAYLOAD_BYTES_MAX}
     */
    long append(byte type, ByteBuf head, ByteBuf body, int liveCount);

    /**
     * Has the durable records that are appended next become durable together or not at all, whatever happens to the
     * machine, as long as they and their heads take no more than this many bytes and each body is less than 32 KiB.
     */
    void together(int bytes);

    /** Appends a record that lives no longer than the process; otherwise as {@link #append}, with at least one reference. */
    long appendTransient(byte type, ByteBuf head, ByteBuf body, int liveCount);

    /**
     * Asks that everything appended so far becomes durable soon: written now if the journal is idle, else together
     * with whatever else waits when it next is. Does nothing if nothing waits.
     */
    void flush();

    /** The sequence of the newest appended durable record, 0 if there is none. */
    long appendedSequence();

    /** All durable records up to and including this sequence are flushed. */
    long durableSequence();

    /** Bytes appended and not yet durable; what back-pressure looks at. */
    long pendingBytes();

    /**
     * Those of {@link #pendingBytes} that wait for the journal alone, which always gets on. The others are transient records
     * on their way to a scratch file, which may have to wait until others let go of what fills the disk.
     */
    long journalPendingBytes();

    /** Bytes of memory held for records and buffers, within the configured budgets. */
    long memoryBytes();

    /**
     * Has the caches take no more than this part of their budgets from now on; 100 at first. What is not durable stays, and
     * transient records go to their scratch file.
     */
    default void cachePercent(int percent) {}

    /**
     * Positions {@code view} at a record whose live count is above zero. The view is valid until the next call of any
     * method of this log.
     *
     * @throws IllegalStateException if the sequence is unknown or no longer live
     * @throws DamagedRecordException if the stored bytes cannot be read or fail their checksum; others can be read
     */
    void read(long sequence, RecordView view);

    /** Whether {@link #read} would find a live record in memory. A guess, which says no where it would have to look. */
    boolean isAtHand(long sequence);

    /**
     * Bytes that reading has taken from the disk so far, and those that were searched for damaged records: what it costs, for
     * whoever keeps a budget.
     */
    long bytesRead();

    /**
     * What is stored of a record whose live count is above zero, if it is damaged, for somebody to look at: the bytes in
     * the file from where the record ought to begin, and what follows it if its length is not to be trusted. The payload
     * of a record that is whole. Of either at most {@code bytesMax} bytes; none if the disk does not give them.
     *
     * @throws IllegalStateException if the sequence is unknown or no longer live
     */
    byte[] raw(long sequence, int bytesMax);

    /** Adds references to a record, as recovery does when it meets them again. */
    void retain(long sequence, int count);

    /** Takes one reference away; at zero the space may be reused. */
    void release(long sequence);

    /**
     * Tells whether the disk has little room left, about once a second. While it has, the log keeps no more files for use
     * again than it must, as it does after a while in which it needed none, and makes checkpoints due as soon as they give
     * space back. What found no room before is tried again.
     */
    void diskIsLow(boolean low);

    /**
     * Whether enough was written, or enough time has passed, that a checkpoint should be taken, or one would give space
     * back. When nothing is written any more and no space can come back, none is due.
     */
    boolean checkpointDue();

    /** Whether a checkpoint is being written, so that no other can be taken now. */
    boolean checkpointing();

    /**
     * Makes {@code snapshot} the state to recover from. The snapshot covers every record up to {@link
     * #appendedSequence} at the time of this call; the log waits until those are durable, writes it in the background
     * and then deletes or reuses segments that no live record needs.
     *
     * @param snapshot ownership passes to the log, which releases it
     * @throws IllegalStateException if an earlier checkpoint is still being written
     */
    void checkpoint(ByteBuf snapshot);

    /** Figures for metrics and tests. */
    LogStatistics statistics();

    /**
     * Flushes what waits, and stops the threads and closes the files. Returns when that is done; later calls of any
     * method fail.
     */
    void close();
}
