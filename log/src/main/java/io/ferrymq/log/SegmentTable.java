package io.ferrymq.log;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The journal's segments in order, with their live counts. Lane-owned. */
final class SegmentTable {
    private static final long INDEX_BYTES_MAX = 16 << 20;

    private final SequenceRing<Segment> segments = new SequenceRing<>(Segment::firstSequence);

    /** Where the last look ended: releases come in runs of the same segment. */
    private @Nullable Segment recent;

    void add(Segment segment) {
        segments.addLast(segment);
    }

    /** The segment that holds this sequence, null if none does. */
    @Nullable Segment find(long sequence) {
        Segment near = recent;
        if (near != null && holds(near, sequence)) {
            return near;
        }
        int number = segments.floor(sequence);
        if (number < 0 || !holds(segments.get(number), sequence)) {
            return null;
        }
        recent = segments.get(number);
        return recent;
    }

    private static boolean holds(Segment segment, long sequence) {
        return segment.firstSequence() <= sequence && sequence <= segment.lastSequence();
    }

    /** The segment that is being written, null before the first batch. */
    @Nullable Segment last() {
        return segments.size() == 0 ? null : segments.get(segments.size() - 1);
    }

    /** Those that no reference keeps and that the journal has left behind. */
    List<Segment> dead() {
        List<Segment> dead = new ArrayList<>();
        for (int i = 0; i < segments.size() - 1; i++) {
            if (segments.get(i).live() == 0) {
                dead.add(segments.get(i));
            }
        }
        return dead;
    }

    /** What the files of {@link #dead} take. */
    long deadBytes() {
        long bytes = 0;
        for (int i = 0; i < segments.size() - 1; i++) {
            Segment segment = segments.get(i);
            bytes += segment.live() == 0 ? segment.bytesMax() : 0;
        }
        return bytes;
    }

    /**
     * Forgets the indexes of segments that were not read for longest, until the others fit: a backlog of a terabyte
     * must not need gigabytes to be found in. A reader builds them again.
     */
    void trimIndexes() {
        long bytes = 0;
        for (int i = 0; i < segments.size(); i++) {
            bytes += segments.get(i).stored().index().memoryBytes();
        }
        while (bytes > INDEX_BYTES_MAX) {
            SparseIndex coldest = coldestIndex();
            if (coldest == null) {
                return;
            }
            bytes -= coldest.memoryBytes();
            coldest.clear();
            bytes += coldest.memoryBytes();
        }
    }

    private @Nullable SparseIndex coldestIndex() {
        StoredRun coldest = null;
        for (int i = 0; i < segments.size() - 1; i++) {
            StoredRun run = segments.get(i).stored();
            if (run.index().clearable() && (coldest == null || run.readNumber() < coldest.readNumber())) {
                coldest = run;
            }
        }
        return coldest == null ? null : coldest.index();
    }

    void remove(Segment segment) {
        int number = segments.floor(segment.firstSequence());
        if (number >= 0 && segments.get(number) == segment) {
            segments.remove(number);
        }
        recent = null;
    }

    List<Segment> all() {
        List<Segment> all = new ArrayList<>(segments.size());
        for (int i = 0; i < segments.size(); i++) {
            all.add(segments.get(i));
        }
        return all;
    }

    int size() {
        return segments.size();
    }

    long bytes() {
        long bytes = 0;
        for (int i = 0; i < segments.size(); i++) {
            bytes += segments.get(i).bytesMax();
        }
        return bytes;
    }
}
