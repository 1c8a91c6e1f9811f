package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lane's part of the journal: collects records into batches, gives batches their place, hands them over and reports
 * what is durable. Lane-owned.
 *
 * <p>Group commit without a timer: while the journal thread writes one run of batches, the next collects.
 *
 * <pre>
 *   state     on                                        does
 *   idle      flush, or a full batch                    hands over what waits: busy
 *   busy      append                                    collects
 *   busy      the run has ended, more was asked for     hands it over, then reports: busy
 *   busy      the run has ended, nothing was asked for  reports: idle
 *   busy      the run has failed                        stays busy for ever: nothing more is reported
 * </pre>
 */
final class Journal {
    /** A run is at most this many full batches, so that a confirm does not wait for all that is pending. */
    private static final int RUN_BATCHES_MAX = 8;

    private final LogOptions options;
    private final LogEnvironment environment;
    private final Failure failure;
    private final JournalWriter writer;
    private final SegmentTable segments;
    private final TailCache tail;
    private final ChunkArena arena;
    private final DurableListener listener;
    private @Nullable Chunk open;
    private List<Batch> waiting = new ArrayList<>();
    private long waitingBytes;
    private @Nullable Job running;
    private boolean flushAsked;
    private long appended;
    private long durable;
    private long pendingBytes;
    private long bytesWritten;
    private long flushes;
    private JournalEnd resumed = JournalEnd.START;
    private @Nullable Batch newest;

    Journal(
            LogOptions options,
            LogEnvironment environment,
            Failure failure,
            JournalWriter writer,
            SegmentTable segments,
            DurableListener listener) {
        this.options = options;
        this.environment = environment;
        this.failure = failure;
        this.writer = writer;
        this.segments = segments;
        this.listener = listener;
        this.tail = new TailCache(options.tailCacheBytes());
        this.arena = new ChunkArena(options.batchBytesMax(), BatchHeader.BYTES);
    }

    /** Goes on behind what recovery found. */
    void resumeAt(JournalEnd end) {
        resumed = end;
        appended = end.sequence();
        durable = end.sequence();
    }

    void append(long sequence, byte type, ByteBuf head, ByteBuf body, int liveCount) {
        int bodyBytes = body.readableBytes();
        int inlineBytes = head.readableBytes() + (bodyBytes >= Chunk.LARGE_BODY_BYTES ? 0 : bodyBytes);
        Chunk chunk = open;
        if (chunk == null || !chunk.fits(sequence, inlineBytes)) {
            closeChunk();
            chunk = arena.open(sequence, inlineBytes);
            open = chunk;
        }
        int before = chunk.bytes();
        chunk.add(sequence, type, head, body, liveCount);
        pendingBytes += chunk.bytes() - before;
        appended = sequence;
        if (bodyBytes >= Chunk.LARGE_BODY_BYTES) {
            closeChunk();
        }
        if (running == null && batchIsFull()) {
            start();
        }
    }

    /** Has the next records stand in one batch, which recovery takes as a whole or not at all. */
    void together(int bytes) {
        if (open != null && !open.hasRoom(bytes)) {
            closeChunk();
        }
        if (open == null) {
            arena.reserve(bytes);
        }
    }

    /** Whether so much was collected that it is written without a flush; what is still open stays so. */
    private boolean batchIsFull() {
        int openBytes = open == null ? 0 : open.bytes();
        return !waiting.isEmpty() && waitingBytes + openBytes >= options.batchBytesMax();
    }

    /** Makes a batch of what is open and gives it its place. */
    void closeChunk() {
        Chunk chunk = open;
        if (chunk == null) {
            return;
        }
        open = null;
        arena.closed(chunk);
        Segment segment = segmentFor(chunk);
        long position = segment.assign(chunk.bytes(), chunk.lastSequence());
        segment.addLive(chunk.live());
        chunk.index(segment.stored().index(), position);
        tail.add(chunk);
        newest = new Batch(chunk, segment, position, environment.clockMillis().getAsLong());
        waiting.add(newest);
        waitingBytes += chunk.bytes();
    }

    private Segment segmentFor(Chunk chunk) {
        Segment last = segments.last();
        if (last == null || !last.fits(chunk.bytes())) {
            last = new Segment(
                    chunk.firstSequence(), Math.max(options.segmentBytes(), FileHeader.BYTES + (long) chunk.bytes()));
            segments.add(last);
            segments.trimIndexes();
        }
        return last;
    }

    void flush() {
        if (open != null || !waiting.isEmpty()) {
            flushAsked = true;
            if (running == null) {
                start();
            }
        }
    }

    private void start() {
        if (flushAsked) {
            closeChunk();
        }
        List<Batch> batches = takeRun();
        flushAsked &= !waiting.isEmpty();
        long known = durable;
        Job job = new Job(() -> writer.write(batches, known), () -> ended(batches), environment.lane(), failure);
        running = job;
        environment.journal().execute(job);
    }

    private List<Batch> takeRun() {
        long bytesMax = (long) RUN_BATCHES_MAX * options.batchBytesMax();
        if (waitingBytes <= bytesMax) {
            List<Batch> all = waiting;
            waiting = new ArrayList<>(all.size());
            waitingBytes = 0;
            return all;
        }
        int count = 0;
        long bytes = 0;
        do {
            bytes += waiting.get(count++).chunk().bytes();
        } while (count < waiting.size() && bytes + waiting.get(count).chunk().bytes() <= bytesMax);
        List<Batch> first = waiting.subList(0, count);
        List<Batch> run = new ArrayList<>(first);
        first.clear();
        waitingBytes -= bytes;
        return run;
    }

    private void ended(List<Batch> batches) {
        running = null;
        flushes++;
        for (Batch batch : batches) {
            int bytes = batch.chunk().bytes();
            bytesWritten += bytes;
            pendingBytes -= bytes - BatchHeader.BYTES;
            batch.segment().stored().extendTo(batch.end());
        }
        durable = batches.getLast().chunk().lastSequence();
        if (flushAsked || batchIsFull()) {
            start();
        }
        tail.evict(durable);
        listener.durable(durable);
    }

    /** Where this log went on when it was opened. */
    JournalEnd resumedEnd() {
        return resumed;
    }

    /** The newest batch that has its place; null if there is none since this log was opened. */
    @Nullable Batch newestBatch() {
        return newest;
    }

    /** The chunk that a sequence is in while it is not yet placed. */
    @Nullable Chunk openChunk(long sequence) {
        return open != null && sequence >= open.firstSequence() ? open : null;
    }

    /** The chunk in memory that holds a sequence, null if it was evicted. */
    @Nullable Chunk cached(long sequence) {
        Chunk chunk = openChunk(sequence);
        return chunk == null ? tail.find(sequence) : chunk;
    }

    long appendedSequence() {
        return appended;
    }

    long durableSequence() {
        return durable;
    }

    long pendingBytes() {
        return pendingBytes;
    }

    long memoryBytes() {
        return tail.memoryBytes() + (open == null ? 0 : open.memoryBytes());
    }

    void cachePercent(int percent) {
        tail.percent(percent);
        tail.evict(durable);
    }

    long bytesWritten() {
        return bytesWritten;
    }

    long flushes() {
        return flushes;
    }

    /** Flushes what waits and returns when it is durable, or when the journal has failed. */
    void finish() {
        flush();
        Job last = null;
        while (running != null && running != last) {
            last = running;
            last.finish();
        }
        if (running == null && newest != null && !failure.happened()) {
            writeStopMark(newest.segment());
        }
    }

    /** Runs on the lane, which may use the writer now that no job of the journal's is left. */
    private void writeStopMark(Segment last) {
        if (last.fits(BatchHeader.BYTES)) {
            long position = last.assign(BatchHeader.BYTES, last.lastSequence());
            Job mark = new Job(
                    () -> writer.writeStopMark(
                            position, durable, environment.clockMillis().getAsLong()),
                    () -> {},
                    environment.lane(),
                    failure);
            mark.finish();
        }
    }

    /** Lets go of all memory. After a failure that may be a chunk that never got its place. */
    void close() {
        if (open != null) {
            open.release();
            open = null;
        }
        tail.close();
        arena.close();
    }
}
