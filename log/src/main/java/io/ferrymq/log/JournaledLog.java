package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A command log in one directory of one machine: durable means flushed to its journal.
 *
 * <p>Thread contract: opened, called and closed on the lane of its {@link LogEnvironment}. Only {@link #open} and
 * {@link #close} wait for the disk there, and {@link #read} when a record is in no cache.
 */
public final class JournaledLog implements CommandLog {
    private static final Logger LOG = LoggerFactory.getLogger(JournaledLog.class);

    /** The journal is quiet when no segment was begun in this part of the time between checkpoints. */
    private static final int QUIET = 4;

    /** Recovering: retain, release and read only; then open; then closed: nothing. */
    private enum State {
        RECOVERING,
        OPEN,
        CLOSED
    }

    private final LogEnvironment environment;
    private final Failure failure;
    private final BlockCache blocks;
    private final SegmentTable segments = new SegmentTable();
    private final SpareSegments spares;
    private final JournalWriter writer;
    private final Journal journal;
    private final DurableRecords records;
    private final TransientStore transients;
    private final Checkpointer checkpointer;
    private final DurableListener listener;
    private State state = State.RECOVERING;
    private long newestSequence;
    private int segmentsPrepared;
    private @Nullable Job preparing;
    private long laneThreadId;
    private long recordsReplayed;
    private final long quietMillis;
    private @Nullable Segment newestSegment;
    private long segmentBegunMillis;

    private JournaledLog(Storage storage, LogOptions options, LogEnvironment environment, DurableListener listener) {
        this.environment = environment;
        this.listener = listener;
        this.quietMillis = options.checkpointMillis() / QUIET;
        this.segmentBegunMillis = environment.clockMillis().getAsLong();
        this.failure = new Failure(environment.failure());
        this.blocks = new BlockCache(storage, options.readAheadBytes());
        RecordReader reader = new RecordReader(blocks);
        this.spares = new SpareSegments(storage, options);
        this.writer = new JournalWriter(storage, spares, options.shard());
        this.journal = new Journal(options, environment, failure, writer, segments, this::durable);
        this.records = new DurableRecords(journal, segments, reader);
        this.transients = new TransientStore(storage, options, environment, failure, blocks, reader);
        this.checkpointer = new Checkpointer(storage, options, environment, failure, journal, segments, spares, blocks);
    }

    /**
     * Opens the log of a directory, or makes one in an empty directory: restores {@code target} and replays to it.
     * When this returns, the log is ready for appends and nothing has been reported to {@code listener}.
     *
     * @param storage stays the caller's: to be closed after the log
     * @throws IOException if the directory cannot be read or written
     * @throws DamagedRecordException if something is missing or damaged that was durable; the directory is unchanged
     * @throws UnsupportedFormatException if a file has a newer format
     */
    public static CommandLog open(
            Storage storage,
            LogOptions options,
            LogEnvironment environment,
            RecoveryTarget target,
            DurableListener listener)
            throws IOException {
        JournaledLog log = new JournaledLog(storage, options, environment, listener);
        boolean opened = false;
        try {
            log.recover(new Recovery(
                    storage,
                    options.shard(),
                    log,
                    target,
                    log.segments,
                    new ReplayProgress(environment.clockMillis(), LOG::info)));
            opened = true;
            return log;
        } finally {
            if (!opened) {
                log.blocks.close();
                environment.stop().run();
            }
        }
    }

    private void recover(Recovery recovery) throws IOException {
        Recovery.Outcome found = recovery.recover(spares);
        writer.resumeAt(
                found.last(),
                found.lastGeneration(),
                found.generationMax(),
                found.newestGeneration(),
                found.end().crc());
        journal.resumeAt(found.end());
        checkpointer.resumeFrom(found.checkpoints(), found.dead(), found.bytesReplayed());
        newestSequence = newestSequence(found);
        recordsReplayed = found.recordsReplayed();
        segmentsPrepared = segments.size();
        state = State.OPEN;
        prepareSpare();
        LOG.info("log open behind record {}: {} records replayed", newestSequence, recordsReplayed);
    }

    /**
     * The last segment may be empty, named after a record that was lost with its batch; transient records, gone too, may
     * have come before that one. It must not get records that its name excludes.
     */
    private static long newestSequence(Recovery.Outcome found) {
        Segment last = found.last();
        long sequence = found.end().sequence();
        return last == null ? sequence : Math.max(sequence, last.firstSequence() - 1);
    }

    @Override
    public long append(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        checkAppend(type, head, body, liveCount);
        newestSequence = Sequences.nextDurable(newestSequence);
        journal.append(newestSequence, type, head, body, liveCount);
        return newestSequence;
    }

    @Override
    public void together(int bytes) {
        journal.together(bytes);
    }

    @Override
    public long appendTransient(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        checkAppend(type, head, body, liveCount);
        if (liveCount == 0) {
            throw new IllegalArgumentException("a transient record without references could never be read");
        }
        newestSequence = Sequences.nextTransient(newestSequence);
        transients.append(newestSequence, type, head, body, liveCount);
        return newestSequence;
    }

    private void checkAppend(byte type, ByteBuf head, ByteBuf body, int liveCount) {
        checkOpen();
        if (type <= 0 || liveCount < 0) {
            throw new IllegalArgumentException("type " + type + ", live count " + liveCount);
        }
        if ((long) head.readableBytes() + body.readableBytes() > PAYLOAD_BYTES_MAX) {
            throw new IllegalArgumentException("a payload of " + ((long) head.readableBytes() + body.readableBytes())
                    + " bytes is larger than " + PAYLOAD_BYTES_MAX);
        }
    }

    @Override
    public void flush() {
        checkOpen();
        journal.flush();
    }

    private void durable(long sequence) {
        if (failure.happened()) {
            return;
        }
        if (segments.size() > segmentsPrepared) {
            prepareSpare();
        }
        segmentsPrepared = segments.size();
        checkpointer.durable();
        listener.durable(sequence);
    }

    /** Has the next segment's file made in the background, well before it is needed. */
    private void prepareSpare() {
        if (spares.count() == 0) {
            withSpares(spares::prepareOne);
        }
    }

    private void withSpares(Job.Work work) {
        if (preparing == null) {
            preparing = new Job(work, () -> preparing = null, environment.lane(), failure);
            environment.background().execute(preparing);
        }
    }

    @Override
    public long appendedSequence() {
        return journal.appendedSequence();
    }

    @Override
    public long durableSequence() {
        return journal.durableSequence();
    }

    @Override
    public long pendingBytes() {
        return journal.pendingBytes() + transients.spillingBytes();
    }

    @Override
    public long journalPendingBytes() {
        return journal.pendingBytes();
    }

    @Override
    public long memoryBytes() {
        return journal.memoryBytes() + transients.memoryBytes() + blocks.memoryBytes();
    }

    @Override
    public void cachePercent(int percent) {
        journal.cachePercent(percent);
        transients.cachePercent(percent);
        blocks.percent(percent);
    }

    @Override
    public void read(long sequence, RecordView view) {
        checkNotClosed();
        if (!(Sequences.isTransient(sequence) ? transients.read(sequence, view) : records.read(sequence, view))) {
            throw new IllegalStateException("record " + sequence + " is unknown or no longer live");
        }
    }

    @Override
    public boolean isAtHand(long sequence) {
        return Sequences.isTransient(sequence) ? transients.isAtHand(sequence) : records.isAtHand(sequence);
    }

    @Override
    public long bytesRead() {
        return blocks.bytesRead();
    }

    @Override
    public byte[] raw(long sequence, int bytesMax) {
        RecordView view = new RecordView();
        try {
            read(sequence, view);
            return view.copy(bytesMax);
        } catch (DamagedRecordException e) {
            return Sequences.isTransient(sequence)
                    ? transients.raw(sequence, bytesMax)
                    : records.raw(sequence, bytesMax);
        }
    }

    @Override
    public void retain(long sequence, int count) {
        checkNotClosed();
        boolean known =
                Sequences.isTransient(sequence) ? transients.addLive(sequence, count) : records.retain(sequence, count);
        if (!known) {
            String problem = "record " + sequence + " is needed, but no file holds it";
            throw state == State.RECOVERING
                    ? new DamagedRecordException(problem + ": its segment is missing")
                    : new IllegalStateException(problem);
        }
    }

    @Override
    public void release(long sequence) {
        checkNotClosed();
        boolean released =
                Sequences.isTransient(sequence) ? transients.addLive(sequence, -1) : records.release(sequence);
        if (!released) {
            throw new IllegalStateException("record " + sequence + " has no reference to release");
        }
    }

    @Override
    public boolean checkpointing() {
        return checkpointer.isBusy();
    }

    @Override
    public void diskIsLow(boolean low) {
        checkOpen();
        checkpointer.diskIsLow(low);
        spares.keepFew(low || isQuiet());
        if (spares.tooMany()) {
            withSpares(spares::trim);
        }
        transients.retry();
    }

    /** Whether no segment was begun for a while: spares that nobody needs are space that does not come back. */
    private boolean isQuiet() {
        Segment last = segments.last();
        long nowMillis = environment.clockMillis().getAsLong();
        if (last != newestSegment) {
            newestSegment = last;
            segmentBegunMillis = nowMillis;
        }
        return nowMillis - segmentBegunMillis >= quietMillis;
    }

    @Override
    public boolean checkpointDue() {
        checkOpen();
        return checkpointer.due();
    }

    @Override
    public void checkpoint(ByteBuf snapshot) {
        checkOpen();
        if (!checkpointer.isBusy() && checkpointer.needsRecord()) {
            newestSequence = Sequences.nextDurable(newestSequence);
            journal.append(newestSequence, RecordFormat.MARK, Unpooled.EMPTY_BUFFER, Unpooled.EMPTY_BUFFER, 0);
        }
        checkpointer.begin(snapshot);
    }

    @Override
    public LogStatistics statistics() {
        long disk = segments.bytes() + spares.bytes() + transients.diskBytes() + checkpointer.diskBytes();
        return new LogStatistics(
                journal.flushes(),
                journal.bytesWritten(),
                segments.size(),
                disk,
                checkpointer.completedCount(),
                recordsReplayed);
    }

    @Override
    public void close() {
        if (state == State.CLOSED) {
            throw new IllegalStateException("the log is closed");
        }
        state = State.CLOSED;
        // After a failure these only wait for what is under way: nothing more is written.
        journal.finish();
        checkpointer.finish();
        if (preparing != null) {
            preparing.finish();
        }
        transients.close();
        journal.close();
        try {
            writer.close();
            blocks.close();
        } catch (IOException e) {
            failure.report(e);
        }
        environment.stop().run();
    }

    /** Closes as if the disk had just failed: writes nothing more. */
    void abandon() {
        failure.set();
        close();
    }

    private void checkOpen() {
        assert onLane() : "not called on the lane";
        if (state != State.OPEN) {
            throw new IllegalStateException("the log is " + state);
        }
        failure.check();
    }

    /** The thread that uses the log first is the lane's; a log may be opened before its lane runs. */
    private boolean onLane() {
        long thread = Thread.currentThread().threadId();
        if (laneThreadId == 0) {
            laneThreadId = thread;
        }
        return laneThreadId == thread;
    }

    private void checkNotClosed() {
        assert state == State.RECOVERING || onLane() : "not called on the lane";
        if (state == State.CLOSED) {
            throw new IllegalStateException("the log is closed");
        }
        failure.check();
    }
}
