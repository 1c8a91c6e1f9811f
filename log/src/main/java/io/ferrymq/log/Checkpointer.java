package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes checkpoints and gives the space back that they make free. Lane-owned; the file work is a background job.
 *
 * <pre>
 *   state     on                                   to
 *   idle      checkpoint called                    waiting, with the snapshot and the list of segments as they are
 *   waiting   all that the snapshot covers durable writing
 *   writing   the superblock is durable            clearing
 *   writing   the disk has no room for it          idle, with the checkpoints that there were
 *   clearing  what it made free is given back      idle
 * </pre>
 *
 * <p>Two checkpoints are kept, so that a damaged one is not the end. A segment can go when it was dead already at the
 * time of the <em>older</em> of them: recovery from there restores references as they were then, and none of these may
 * lead to a segment that is gone. So dead segments make two checkpoints due, also when nothing is written any more.
 */
final class Checkpointer {
    /** What a checkpoint covers, noted when it is asked for. */
    private record Pending(
            ByteBuf snapshot,
            long sequence,
            @Nullable Batch newest,
            List<CheckpointFile.Entry> segments,
            List<Segment> dead) {
        long fileBytes() {
            return CheckpointFile.bytes(segments.size(), snapshot.readableBytes());
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Checkpointer.class);

    /** Checkpoints that only give space back come this many times in the time after which others do. */
    private static final int FOR_SPACE = 4;

    /** The same while the disk is low. */
    private static final int FOR_SPACE_WHEN_LOW = 12;

    private final Storage storage;
    private final LogOptions options;
    private final LogEnvironment environment;
    private final Failure failure;
    private final Journal journal;
    private final SegmentTable segments;
    private final SpareSegments spares;
    private final BlockCache blocks;
    private CheckpointState current = CheckpointState.NONE;
    private List<Segment> deadAtCurrent = new ArrayList<>();
    private @Nullable Pending pending;
    private @Nullable Job running;
    private long takenMillis;
    private long bytesWrittenBefore;
    private long completed;
    private boolean diskIsLow;
    private boolean roomMissed;

    Checkpointer(
            Storage storage,
            LogOptions options,
            LogEnvironment environment,
            Failure failure,
            Journal journal,
            SegmentTable segments,
            SpareSegments spares,
            BlockCache blocks) {
        this.storage = storage;
        this.options = options;
        this.environment = environment;
        this.failure = failure;
        this.journal = journal;
        this.segments = segments;
        this.spares = spares;
        this.blocks = blocks;
        this.takenMillis = environment.clockMillis().getAsLong();
    }

    /** Goes on from the checkpoint that recovery used; bytes replayed since count towards the next one. */
    void resumeFrom(CheckpointState recovered, List<Segment> dead, long replayedBytes) {
        current = recovered;
        deadAtCurrent = dead;
        bytesWrittenBefore = -replayedBytes;
    }

    /** Whether a checkpoint is waiting or being written. */
    boolean isBusy() {
        return pending != null;
    }

    /** While the disk is low, space is given back as soon as it can be. */
    void diskIsLow(boolean low) {
        diskIsLow = low;
    }

    boolean due() {
        if (pending != null) {
            return false;
        }
        long bytes = journal.bytesWritten() - bytesWrittenBefore;
        long sinceMillis = environment.clockMillis().getAsLong() - takenMillis;
        boolean late = sinceMillis >= options.checkpointMillis();
        return bytes >= options.checkpointBytes()
                || (late && journal.appendedSequence() != current.sequence())
                || givesSpaceBack(sinceMillis);
    }

    /** Whether a checkpoint now frees more than it costs, by itself or with the one after it. */
    private boolean givesSpaceBack(long sinceMillis) {
        int often = diskIsLow ? FOR_SPACE_WHEN_LOW : FOR_SPACE;
        if (sinceMillis < options.checkpointMillis() / often) {
            return false;
        }
        long deadBytes = segments.deadBytes();
        boolean late = sinceMillis >= options.checkpointMillis();
        return deadBytes > 0 && (diskIsLow || late || deadBytes > current.bytes());
    }

    /**
     * Whether the next checkpoint would cover what the current one does and yet is needed, because it gives space back. A
     * checkpoint is named after what it covers, so one more record must be covered by it.
     */
    boolean needsRecord() {
        return journal.appendedSequence() == current.sequence() && segments.deadBytes() > 0;
    }

    void begin(ByteBuf snapshot) {
        if (pending != null) {
            throw new IllegalStateException("a checkpoint is still being written");
        }
        takenMillis = environment.clockMillis().getAsLong();
        bytesWrittenBefore = journal.bytesWritten();
        if (journal.appendedSequence() == current.sequence()) {
            // The same records lead to the same state: there is nothing to write.
            snapshot.release();
            return;
        }
        journal.closeChunk();
        pending = new Pending(snapshot, journal.appendedSequence(), journal.newestBatch(), entries(), segments.dead());
        journal.flush();
        durable();
    }

    private List<CheckpointFile.Entry> entries() {
        return segments.all().stream()
                .map(s ->
                        new CheckpointFile.Entry(s.firstSequence(), s.lastSequence(), s.bytesMax(), s.assignedBytes()))
                .toList();
    }

    /** Begins to write when all is durable that the snapshot covers. */
    void durable() {
        Pending wanted = pending;
        if (wanted != null && running == null && journal.durableSequence() >= wanted.sequence()) {
            write(wanted);
        }
    }

    private void write(Pending wanted) {
        JournalEnd end = wanted.newest() == null ? journal.resumedEnd() : JournalEnd.behind(wanted.newest());
        CheckpointState next = current.next(end.sequence(), wanted.fileBytes());
        CheckpointWriter writer = new CheckpointWriter(
                storage, options.shard(), environment.clockMillis().getAsLong());
        boolean freesSpace = !wanted.dead().isEmpty();
        inBackground(
                () -> {
                    if (freesSpace) {
                        spares.makeRoom(next.bytes());
                    }
                    writer.write(end, wanted.segments(), wanted.snapshot(), next);
                },
                () -> written(wanted, next, writer));
    }

    private void inBackground(Job.Work work, Runnable outcome) {
        Job job = new Job(work, outcome, environment.lane(), failure);
        running = job;
        environment.background().execute(job);
    }

    private void written(Pending wanted, CheckpointState next, CheckpointWriter writer) {
        OutOfSpaceException missing = writer.roomMissed();
        wanted.snapshot().release();
        if (missing != null) {
            if (!roomMissed) {
                LOG.warn("no checkpoint can be taken, so no space comes back: {}", missing.getMessage());
            }
            roomMissed = true;
            pending = null;
            running = null;
            return;
        }
        roomMissed = false;
        CheckpointState before = current;
        List<Segment> going = deadAtCurrent;
        deadAtCurrent = new ArrayList<>(wanted.dead());
        deadAtCurrent.removeAll(going);
        current = next;
        forget(going);
        inBackground(
                () -> {
                    writer.deleteSuperseded(before);
                    spares.recycle(going);
                },
                this::cleared);
    }

    private void forget(List<Segment> going) {
        try {
            for (Segment segment : going) {
                segments.remove(segment);
                blocks.forget(segment.name());
            }
        } catch (IOException e) {
            failure.report(e);
        }
    }

    private void cleared() {
        completed++;
        pending = null;
        running = null;
    }

    long completedCount() {
        return completed;
    }

    long diskBytes() {
        return current.bytes() + current.previousBytes();
    }

    /** Waits for a checkpoint that has begun. */
    void finish() {
        Job last = null;
        while (running != null && running != last) {
            last = running;
            last.finish();
        }
        if (pending != null && running == null) {
            pending.snapshot().release();
            pending = null;
        }
    }
}
