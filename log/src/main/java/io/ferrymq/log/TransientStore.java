package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records that live no longer than the process: in memory up to a budget, then in scratch files. References are counted
 * per stretch of about a batch, so millions of small records cost no object each. Lane-owned; files are written in the
 * background.
 *
 * <p>A disk without room for a scratch file is no failure: what was to go there stays in memory and is tried again. It
 * counts as on its way all the time, so those who publish are held up, and those who consume make room.
 */
final class TransientStore {
    private static final Logger LOG = LoggerFactory.getLogger(TransientStore.class);

    private final Storage storage;
    private final LogOptions options;
    private final LogEnvironment environment;
    private final Failure failure;
    private final BlockCache blocks;
    private final RecordReader reader;
    private final ChunkArena arena;
    /** By first sequence. They go in any order, so that one which stays must not make the others' going dear. */
    private final NavigableMap<Long, Stretch> stretches = new TreeMap<>();

    /** The one that was looked for last: releases and reads come in runs. */
    private @Nullable Stretch recent;

    /** Closed stretches in memory, oldest first. */
    private final Set<Stretch> spillable = new LinkedHashSet<>();

    /** Those that the disk had no room for, oldest first. */
    private final Map<Stretch, Spill> stuck = new LinkedHashMap<>();

    private boolean retrying;
    private final Deque<Job> jobs = new ArrayDeque<>();
    private @Nullable Stretch open;
    private @Nullable ScratchFile scratch;
    private long scratchNumber;
    private long memoryBytes;
    /** What is in files takes on the heap. */
    private long storedBytes;

    private int cachePercent = 100;
    private long spillingBytes;
    private long diskBytes;

    TransientStore(
            Storage storage,
            LogOptions options,
            LogEnvironment environment,
            Failure failure,
            BlockCache blocks,
            RecordReader reader) {
        this.storage = storage;
        this.options = options;
        this.environment = environment;
        this.failure = failure;
        this.blocks = blocks;
        this.reader = reader;
        this.arena = new ChunkArena(options.batchBytesMax(), 0);
    }

    void append(long sequence, byte type, ByteBuf head, ByteBuf body, int liveCount) {
        int bodyBytes = body.readableBytes();
        boolean large = bodyBytes >= Chunk.LARGE_BODY_BYTES;
        int inlineBytes = head.readableBytes() + (large ? 0 : bodyBytes);
        Stretch stretch = open;
        if (stretch == null || !stretch.chunk().fits(sequence, inlineBytes)) {
            close(stretch);
            stretch = new Stretch(arena.open(sequence, inlineBytes));
            stretches.put(stretch.firstSequence(), stretch);
            open = stretch;
        }
        stretch.chunk().add(sequence, type, head, body, 0);
        stretch.addLive(liveCount);
        if (large) {
            close(stretch);
        }
    }

    private void close(@Nullable Stretch stretch) {
        if (stretch == null) {
            return;
        }
        open = null;
        arena.closed(stretch.chunk());
        memoryBytes += stretch.chunk().memoryBytes();
        if (stretch.live() == 0) {
            remove(stretch);
        } else {
            spillable.add(stretch);
            spillPastBudget();
        }
    }

    private void spillPastBudget() {
        while (memoryBytes - spillingBytes > options.transientCacheBytes() / 100 * cachePercent
                && !spillable.isEmpty()) {
            spill(spillable.iterator().next());
        }
    }

    /** Keeps no more than this part of the budget in memory from now on. */
    void cachePercent(int percent) {
        cachePercent = percent;
        spillPastBudget();
    }

    private void spill(Stretch stretch) {
        Chunk chunk = stretch.chunk();
        ScratchFile file = scratchFor(chunk.bytes());
        long position = file.assign(chunk.bytes());
        spillable.remove(stretch);
        stretch.spilling(file);
        spillingBytes += chunk.memoryBytes();
        diskBytes += chunk.bytes();
        Spill spill = new Spill(stretch, file, position);
        if (stuck.isEmpty()) {
            inBackground(spill::write, () -> written(spill));
        } else {
            stuck.put(stretch, spill);
        }
    }

    private void written(Spill spill) {
        OutOfSpaceException missing = spill.roomMissed();
        if (missing == null) {
            spilled(spill);
            return;
        }
        if (spill.stretch().live() == 0) {
            giveUp(spill);
            return;
        }
        if (stuck.isEmpty()) {
            LOG.warn("transient messages stay in memory: {}", missing.getMessage());
        }
        stuck.put(spill.stretch(), spill);
    }

    private void spilled(Spill spill) {
        Stretch stretch = spill.stretch();
        Chunk chunk = stretch.chunk();
        spillingBytes -= chunk.memoryBytes();
        memoryBytes -= chunk.memoryBytes();
        stretch.stored(spill.run());
        storedBytes += stretch.storedBytes();
        if (!joined(stretch) && stretch.live() == 0) {
            remove(stretch);
        }
    }

    /** Whether the stretch before has taken over one that is stored now. */
    private boolean joined(Stretch stretch) {
        Map.Entry<Long, Stretch> before = stretches.lowerEntry(stretch.firstSequence());
        if (before == null) {
            return false;
        }
        Stretch other = before.getValue();
        long bytes = other.storedBytes() + stretch.storedBytes();
        if (!other.join(stretch)) {
            return false;
        }
        storedBytes += other.storedBytes() - bytes;
        stretches.remove(stretch.firstSequence());
        recent = null;
        ScratchFile file = stretch.file();
        if (file != null && file.drop()) {
            throw new IllegalStateException("a stretch was joined to one that is not in its file");
        }
        return true;
    }

    /** Nobody needs any more what did not get into a file. */
    private void giveUp(Spill spill) {
        Stretch stretch = spill.stretch();
        spillingBytes -= stretch.chunk().memoryBytes();
        remove(stretch);
    }

    /** Tries again to write what the disk had no room for, one after the other as long as there is some. */
    void retry() {
        if (retrying || stuck.isEmpty()) {
            return;
        }
        retrying = true;
        Spill first = stuck.values().iterator().next();
        stuck.remove(first.stretch());
        inBackground(first::write, () -> {
            retrying = false;
            written(first);
            if (first.roomMissed() == null) {
                retry();
            }
        });
    }

    private ScratchFile scratchFor(int bytes) {
        ScratchFile current = scratch;
        if (current == null
                || (current.assignedBytes() > 0 && current.assignedBytes() + bytes > options.segmentBytes())) {
            if (current != null && current.unused()) {
                delete(current);
            }
            current = new ScratchFile(storage, FileNames.numbered(FileNames.SCRATCH, scratchNumber++));
            scratch = current;
        }
        return current;
    }

    boolean read(long sequence, RecordView view) {
        Stretch stretch = find(sequence);
        if (stretch == null || stretch.live() == 0) {
            return false;
        }
        StoredRun run = stretch.stored();
        if (run != null) {
            long before = stretch.storedBytes();
            try {
                reader.read(run, sequence, view);
            } finally {
                storedBytes += stretch.storedBytes() - before;
            }
            return true;
        }
        int record = stretch.chunk().find(sequence);
        if (record >= 0) {
            stretch.chunk().view(record, view);
        }
        return record >= 0;
    }

    /** Whether a record could be read without the disk. */
    boolean isAtHand(long sequence) {
        Stretch stretch = find(sequence);
        StoredRun run = stretch == null ? null : stretch.stored();
        return run == null || reader.isAtHand(run, sequence);
    }

    /** What is stored of a record that {@link #read} found damaged. */
    byte[] raw(long sequence, int bytesMax) {
        Stretch stretch = find(sequence);
        StoredRun run = stretch == null ? null : stretch.stored();
        if (stretch == null || run == null) {
            return new byte[0];
        }
        long before = stretch.storedBytes();
        byte[] raw = reader.raw(run, sequence, bytesMax);
        storedBytes += stretch.storedBytes() - before;
        return raw;
    }

    /** Changes a live count; false if the sequence is unknown or the count would fall below zero. */
    boolean addLive(long sequence, int change) {
        Stretch stretch = find(sequence);
        if (stretch == null || stretch.live() == 0 || stretch.live() + change < 0) {
            return false;
        }
        if (stretch.addLive(change) == 0 && stretch != open) {
            released(stretch);
        }
        return true;
    }

    private void released(Stretch stretch) {
        Spill spill = stuck.remove(stretch);
        if (spill != null) {
            giveUp(spill);
        } else if (!stretch.isSpilling()) {
            remove(stretch);
        }
    }

    private @Nullable Stretch find(long sequence) {
        Stretch near = recent;
        if (near == null || !near.holds(sequence)) {
            Map.Entry<Long, Stretch> before = stretches.floorEntry(sequence);
            near = before != null && before.getValue().holds(sequence) ? before.getValue() : null;
            recent = near;
        }
        return near;
    }

    private void remove(Stretch stretch) {
        stretches.remove(stretch.firstSequence());
        recent = null;
        spillable.remove(stretch);
        storedBytes -= stretch.storedBytes();
        if (stretch.inMemory()) {
            memoryBytes -= stretch.chunk().memoryBytes();
            stretch.letGo();
        }
        ScratchFile file = stretch.file();
        if (file != null && file.drop() && file != scratch) {
            delete(file);
        }
    }

    private void delete(ScratchFile file) {
        diskBytes -= file.assignedBytes();
        inBackground(file::delete, () -> {});
        try {
            blocks.forget(file.name());
        } catch (IOException e) {
            failure.report(e);
        }
    }

    private void inBackground(Job.Work work, Runnable outcome) {
        Job job = new Job(
                work,
                () -> {
                    // They end in the order in which they were begun.
                    jobs.poll();
                    outcome.run();
                },
                environment.lane(),
                failure);
        jobs.add(job);
        environment.background().execute(job);
    }

    long memoryBytes() {
        return memoryBytes + storedBytes + (open == null ? 0 : open.chunk().memoryBytes());
    }

    /** Bytes on their way to a scratch file: past the budget and not yet out of memory. */
    long spillingBytes() {
        return spillingBytes;
    }

    long diskBytes() {
        return diskBytes;
    }

    /** Ends what is under way and forgets all records; the files are deleted when the log is next opened. */
    void close() {
        for (Job job : List.copyOf(jobs)) {
            job.finish();
        }
        stretches.values().forEach(Stretch::letGo);
        arena.close();
    }
}
