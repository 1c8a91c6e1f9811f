package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command log without a disk: nothing outlives the process. Durable here means appended, so nobody ever waits for
 * it, and nothing is reported.
 *
 * <p>Thread contract: the lane only.
 *
 * <p>A record is kept on the heap while it is live; one that would only be replayed is not kept at all. The log has no
 * limit of its own: whoever appends looks at {@link #memoryBytes} before.
 */
public final class MemoryLog implements CommandLog {
    /** What the objects around a record weigh. */
    private static final int OVERHEAD_BYTES = 128;

    private final Map<Long, Held> records = new HashMap<>();
    private long newestSequence;
    private long appendedSequence;
    private long memoryBytes;
    private boolean closed;

    /** A record and how many references it has. */
    private static final class Held {
        private final byte type;
        private final ByteBuf payload;
        private long live;

        Held(byte type, ByteBuf payload, long live) {
            this.type = type;
            this.payload = payload;
            this.live = live;
        }

        int bytes() {
            return payload.capacity() + OVERHEAD_BYTES;
        }
    }

    @Override
    public long append(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        checkOpen();
        newestSequence = Sequences.nextDurable(newestSequence);
        appendedSequence = newestSequence;
        keep(type, head, body, liveCount);
        return newestSequence;
    }

    @Override
    public void together(int bytes) {
        // Nothing outlives the process, in part or as a whole.
    }

    @Override
    public long appendTransient(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        checkOpen();
        if (liveCount == 0) {
            throw new IllegalArgumentException("a transient record without references could never be read");
        }
        newestSequence = Sequences.nextTransient(newestSequence);
        keep(type, head, body, liveCount);
        return newestSequence;
    }

    private void keep(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        if (liveCount > 0) {
            ByteBuf payload = Unpooled.buffer(head.readableBytes() + body.readableBytes());
            payload.writeBytes(head, head.readerIndex(), head.readableBytes());
            payload.writeBytes(body, body.readerIndex(), body.readableBytes());
            Held held = new Held(type, payload, liveCount);
            records.put(newestSequence, held);
            memoryBytes += held.bytes();
        }
    }

    @Override
    public void flush() {
        checkOpen();
    }

    @Override
    public long appendedSequence() {
        return appendedSequence;
    }

    @Override
    public long durableSequence() {
        return appendedSequence;
    }

    @Override
    public long pendingBytes() {
        return 0;
    }

    @Override
    public long journalPendingBytes() {
        return 0;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public void read(long sequence, RecordView view) {
        Held held = held(sequence);
        view.wrap(sequence, held.type, held.payload, 0, held.payload.writerIndex());
    }

    @Override
    public boolean isAtHand(long sequence) {
        return true;
    }

    @Override
    public long bytesRead() {
        return 0;
    }

    @Override
    public byte[] raw(long sequence, int bytesMax) {
        RecordView view = new RecordView();
        read(sequence, view);
        return view.copy(bytesMax);
    }

    @Override
    public void retain(long sequence, int count) {
        held(sequence).live += count;
    }

    @Override
    public void release(long sequence) {
        Held held = held(sequence);
        held.live--;
        if (held.live == 0) {
            records.remove(sequence);
            memoryBytes -= held.bytes();
        }
    }

    private Held held(long sequence) {
        checkOpen();
        @Nullable Held held = records.get(sequence);
        if (held == null) {
            throw new IllegalStateException("record " + sequence + " is unknown or no longer live");
        }
        return held;
    }

    @Override
    public void diskIsLow(boolean low) {
        // There is no disk.
    }

    /** There is nothing to recover from. */
    @Override
    public boolean checkpointDue() {
        return false;
    }

    @Override
    public boolean checkpointing() {
        return false;
    }

    @Override
    public void checkpoint(ByteBuf snapshot) {
        snapshot.release();
    }

    @Override
    public LogStatistics statistics() {
        return new LogStatistics(0, 0, 0, 0, 0, 0);
    }

    @Override
    public void close() {
        checkOpen();
        closed = true;
        records.clear();
        memoryBytes = 0;
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the log is closed");
        }
    }
}
