package io.ferrymq.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Files of a segment's size that are ready to become one: filled with zeros, or left over from a dead segment, and
 * forced. Writing into blocks that exist costs little more than half of extending a file.
 *
 * <p>While the disk is low, or the journal needs none, one is kept and no more: what consumers settle is written into it, however full the disk is.
 *
 * <p>The background thread fills and recycles, the journal thread takes; the queue between them is all they share.
 */
final class SpareSegments {
    /** What a file system needs beside the content of a file. */
    private static final long ROOM_BYTES = 64 << 10;

    private final Storage storage;
    private final int segmentBytes;
    private final int sparesMax;
    private final ConcurrentLinkedQueue<String> ready = new ConcurrentLinkedQueue<>();
    private final AtomicLong nextNumber = new AtomicLong();

    /** How many are kept; set by the lane, read by the background thread. */
    private volatile int kept;

    SpareSegments(Storage storage, LogOptions options) {
        this.storage = storage;
        this.segmentBytes = options.segmentBytes();
        this.sparesMax = options.spareSegments();
        this.kept = sparesMax;
    }

    /** Numbers up to this one are in use. */
    void numbersUsed(long number) {
        nextNumber.accumulateAndGet(number + 1, Math::max);
    }

    /** Takes over a complete file that recovery found. */
    void found(String name) {
        ready.add(name);
    }

    /** Whether a file of a spare's name was filled to its end. */
    boolean hasSegmentLength(Storage.File file) throws IOException {
        return file.length() == segmentBytes;
    }

    int count() {
        return ready.size();
    }

    long bytes() {
        return (long) count() * segmentBytes;
    }

    boolean full() {
        return ready.size() >= kept;
    }

    /** Lane: whether only one is kept. */
    void keepFew(boolean few) {
        kept = few ? Math.min(1, sparesMax) : sparesMax;
    }

    boolean tooMany() {
        return ready.size() > kept;
    }

    /** Background: deletes those that are too many. */
    void trim() throws IOException {
        deleteDownTo(kept);
    }

    /** Background: deletes as many as it takes until this much can be written. What comes free soon replaces them. */
    void makeRoom(long bytes) throws IOException {
        while (!ready.isEmpty() && storage.usableBytes() < bytes + ROOM_BYTES) {
            deleteDownTo(ready.size() - 1);
        }
    }

    private void deleteDownTo(int count) throws IOException {
        while (ready.size() > count) {
            String name = ready.poll();
            if (name != null) {
                storage.delete(name);
            }
        }
        storage.forceDirectory();
    }

    /**
     * Background: makes one if there is none, so that the next segment begins without a wait. Not on a disk that is
     * nearly full: it would take the room that a checkpoint needs to free more.
     */
    void prepareOne() throws IOException {
        if (ready.isEmpty() && storage.usableBytes() > 2L * segmentBytes) {
            String name = nextName();
            try (Storage.File file = storage.open(name)) {
                Stretches.zero(file, 0, segmentBytes);
                file.force();
            }
            ready.add(name);
        }
    }

    /**
     * Journal thread: the name of a file of this size whose content is forced. If none is ready, one is made that has
     * its length and no blocks: filling it would stop the journal for as long as writing all of it takes, while without
     * blocks each flush costs a little more.
     */
    String take(long bytes) throws IOException {
        String name = bytes == segmentBytes ? ready.poll() : null;
        if (name != null) {
            return name;
        }
        String fresh = nextName();
        try (Storage.File file = storage.open(fresh)) {
            Stretches.zero(file, bytes - 1, bytes);
            file.force();
        }
        return fresh;
    }

    /**
     * Background: keeps the files of dead segments as spares, or deletes those that are too many or too large. A file
     * is offered for reuse only when its old name is durably gone.
     */
    void recycle(List<Segment> dead) throws IOException {
        List<String> renamed = new ArrayList<>();
        for (Segment segment : dead) {
            if (segment.bytesMax() == segmentBytes && ready.size() + renamed.size() < kept) {
                String name = nextName();
                storage.rename(segment.name(), name);
                renamed.add(name);
            } else {
                storage.delete(segment.name());
            }
        }
        storage.forceDirectory();
        ready.addAll(renamed);
    }

    private String nextName() {
        return FileNames.numbered(FileNames.SPARE, nextNumber.getAndIncrement());
    }
}
