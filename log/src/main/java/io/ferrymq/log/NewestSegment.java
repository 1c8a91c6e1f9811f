package io.ferrymq.log;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Which journal segment was begun last. Without this, nothing would miss the newest file if it were gone: all that came
 * before is whole. Two files take turns, as superblocks do, so that a write that is torn leaves the one before, which
 * names a segment that is there, too, or that a checkpoint has made superfluous together with its name here.
 *
 * <p>Each is a {@link FileHeader} and nothing else: its base is the segment's first sequence, and its generation that of
 * the segment, so the valid one with the higher generation counts. It is written when the segment has its name for good
 * and before the first record in it can be durable. A directory without these files says nothing about its newest
 * segment: those of earlier versions are such.
 *
 * @param generation the segment's
 * @param firstSequence names the segment
 */
record NewestSegment(long generation, long firstSequence) {
    static final int FILES = 2;

    static String name(int slot) {
        return FileNames.NEWEST + slot;
    }

    /** Segments are numbered by generations, so each writes the file that the one before did not. */
    int slot() {
        return (int) (generation % FILES);
    }

    String segmentName() {
        return FileNames.numbered(FileNames.JOURNAL, firstSequence);
    }

    /** Writes and forces it; durable when the directory is forced too, the first time. */
    void write(Storage.File file, int shard, long clockMillis) throws IOException {
        FileHeader header = new FileHeader(
                FileHeader.NEWEST_SEGMENT, shard, 0, generation, clockMillis, firstSequence, FileHeader.BYTES);
        file.write(0, header.encode());
        file.force();
    }

    /** Null if the file holds none of this shard. */
    static @Nullable NewestSegment read(Storage.File file, String name, int shard) throws IOException {
        FileHeader header = Inventory.header(file, name);
        return header == null || header.kind() != FileHeader.NEWEST_SEGMENT || header.shard() != shard
                ? null
                : new NewestSegment(header.generation(), header.base());
    }

    /** Of two, the one that was written later. */
    static @Nullable NewestSegment later(@Nullable NewestSegment one, @Nullable NewestSegment other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.generation > other.generation ? one : other;
    }
}
