package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the newest checkpoint that is whole, restores it and replays the journal behind it. Nothing in the directory is
 * changed before all of it has been understood: damage leaves everything as it was.
 */
final class Recovery {
    /**
     * What was found.
     *
     * @param end where the journal goes on
     * @param last the segment in which it does, null if there is none
     * @param newestGeneration of the segment that the directory says was begun last, 0 if it says nothing
     * @param dead segments without references at the checkpoint
     */
    record Outcome(
            JournalEnd end,
            @Nullable Segment last,
            long lastGeneration,
            long generationMax,
            long newestGeneration,
            CheckpointState checkpoints,
            List<Segment> dead,
            long recordsReplayed,
            long bytesReplayed) {}

    private record Candidate(Superblock superblock, int slot) {}

    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);

    private final Storage storage;
    private final int shard;
    private final CommandLog log;
    private final RecoveryTarget target;
    private final SegmentTable segments;
    private final ReplayProgress progress;

    Recovery(
            Storage storage,
            int shard,
            CommandLog log,
            RecoveryTarget target,
            SegmentTable segments,
            ReplayProgress progress) {
        this.storage = storage;
        this.shard = shard;
        this.log = log;
        this.target = target;
        this.segments = segments;
        this.progress = progress;
    }

    Outcome recover(SpareSegments spares) throws IOException {
        Inventory inventory = Inventory.of(storage, shard);
        inventory.requireNewestSegment();
        List<Candidate> candidates = candidates(inventory);
        CheckpointFile checkpoint = null;
        CheckpointState state = CheckpointState.NONE;
        for (int i = 0; i < candidates.size() && checkpoint == null; i++) {
            checkpoint = restore(candidates.get(i).superblock(), inventory);
            if (checkpoint != null) {
                state = state(candidates, i);
            }
        }
        if (checkpoint == null && inventory.superblockSeen) {
            LOG.warn("no checkpoint can be read, replaying the journal from its beginning");
        }
        List<Segment> dead = segments.dead();
        JournalEnd from = checkpoint == null ? JournalEnd.START : checkpoint.end();
        JournalReplay replay = new JournalReplay(storage, log, target, segments, inventory, progress);
        JournalEnd end = replay.replay(from, durableEvidence(candidates));
        new Tidying(storage, inventory, spares).tidy(replay.tornTail(), state, segments);
        return new Outcome(
                end,
                segments.last(),
                replay.lastGeneration(),
                inventory.generationMax,
                inventory.newestGeneration(),
                state,
                dead,
                replay.records(),
                replay.bytes());
    }

    private static List<Candidate> candidates(Inventory inventory) {
        List<Candidate> candidates = new ArrayList<>();
        for (int slot = 0; slot < Superblock.FILES; slot++) {
            Superblock superblock = inventory.superblocks[slot];
            if (superblock != null) {
                candidates.add(new Candidate(superblock, slot));
            }
        }
        candidates.sort(Comparator.comparingLong((Candidate c) -> c.superblock().counter())
                .reversed());
        return candidates;
    }

    /** A checkpoint is written only when all that it covers is durable; a journal that ends earlier has lost something. */
    private static long durableEvidence(List<Candidate> candidates) {
        return candidates.stream()
                .mapToLong(c -> c.superblock().sequence())
                .max()
                .orElse(Sequences.NONE);
    }

    private static CheckpointState state(List<Candidate> candidates, int used) {
        Superblock current = candidates.get(used).superblock();
        Superblock previous =
                used + 1 < candidates.size() ? candidates.get(used + 1).superblock() : null;
        return new CheckpointState(
                current.sequence(),
                current.checkpointBytes(),
                previous == null ? -1 : previous.sequence(),
                previous == null ? 0 : previous.checkpointBytes(),
                candidates.getFirst().superblock().counter(),
                candidates.get(used).slot());
    }

    /** Restores a checkpoint; null, with nothing done, if it is not whole. */
    private @Nullable CheckpointFile restore(Superblock superblock, Inventory inventory) throws IOException {
        String name = inventory.checkpoints.get(superblock.sequence());
        if (name == null) {
            LOG.warn("checkpoint {} is missing", CheckpointFile.name(superblock.sequence()));
            return null;
        }
        ByteBuf snapshot = Unpooled.EMPTY_BUFFER;
        try (Storage.File file = storage.openExisting(name)) {
            FileHeader header = Inventory.header(file, name);
            CheckpointFile checkpoint =
                    header == null || !named(header, superblock) ? null : CheckpointFile.read(file, name, header);
            if (checkpoint == null || checkpoint.crc() != superblock.checkpointCrc()) {
                LOG.warn("checkpoint {} is damaged", name);
                return null;
            }
            snapshot = Unpooled.directBuffer((int) checkpoint.snapshotBytes());
            if (!checkpoint.readSnapshot(file, name, snapshot)) {
                LOG.warn("the snapshot in checkpoint {} is damaged", name);
                return null;
            }
            addSegments(checkpoint, inventory.segments);
            target.restore(log, checkpoint.end().sequence(), snapshot);
            return checkpoint;
        } finally {
            snapshot.release();
        }
    }

    private boolean named(FileHeader header, Superblock superblock) {
        return header.kind() == FileHeader.CHECKPOINT
                && header.shard() == shard
                && header.base() == superblock.sequence()
                && header.bytes() == superblock.checkpointBytes();
    }

    /** Those that are gone had no references; if one is needed after all, the reference that leads there says so. */
    private void addSegments(CheckpointFile checkpoint, Map<Long, FileHeader> found) {
        for (CheckpointFile.Entry entry : checkpoint.segments()) {
            if (found.containsKey(entry.firstSequence())) {
                segments.add(new Segment(entry.firstSequence(), entry.lastSequence(), entry.bytesMax(), entry.end()));
            }
        }
    }
}
