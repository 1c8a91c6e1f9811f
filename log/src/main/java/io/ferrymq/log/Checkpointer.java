package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes checkpoints and gives the space back that they make free. Lane-owned; the file work is a background job.
 *
 * <pre>
 *   state     on                                   to
 *   idle      checkpoint called                    waiting, with the snapshot and the list of segments as they are
 *   waiting   all that the snapshot covers durable writing
 *   writing   the superblock is durable            idle
 * </pre>
 *
 * <p>Two checkpoints are kept, so that a damaged one is not the end. A segment can go when it was dead already at the
 * time of the <em>older</em> of them: recovery from there restores references as they were then, and none of these may
 * lead to a segment that is gone.
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

    boolean due() {
        if (pending != null) {
            return false;
        }
        long bytes = journal.bytesWritten() - bytesWrittenBefore;
        boolean late = environment.clockMillis().getAsLong() - takenMillis >= options.checkpointMillis();
        return bytes >= options.checkpointBytes() || (late && journal.appendedSequence() != current.sequence());
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
        CheckpointState before = current;
        CheckpointState next = before.next(end.sequence(), wanted.fileBytes());
        List<Segment> going = deadAtCurrent;
        forget(going);
        CheckpointWriter writer = new CheckpointWriter(
                storage, options.shard(), environment.clockMillis().getAsLong());
        Job job = new Job(
                () -> {
                    writer.write(end, wanted.segments(), wanted.snapshot(), next);
                    writer.deleteSuperseded(before);
                    spares.recycle(going);
                },
                () -> completed(wanted, next),
                environment.lane(),
                failure);
        running = job;
        environment.background().execute(job);
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

    private void completed(Pending wanted, CheckpointState next) {
        wanted.snapshot().release();
        List<Segment> dead = new ArrayList<>(wanted.dead());
        dead.removeAll(deadAtCurrent);
        deadAtCurrent = dead;
        current = next;
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
        if (running != null) {
            running.finish();
        }
        if (pending != null && running == null) {
            pending.snapshot().release();
            pending = null;
        }
    }
}
