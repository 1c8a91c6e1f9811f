package io.ferrymq.log;

/**
 * Reads durable records, from memory or disk, and counts the references to them: per segment, or in the chunk that is
 * still open and has no segment yet. Lane-owned.
 */
final class DurableRecords {
    private final Journal journal;
    private final SegmentTable segments;
    private final RecordReader reader;

    DurableRecords(Journal journal, SegmentTable segments, RecordReader reader) {
        this.journal = journal;
        this.segments = segments;
        this.reader = reader;
    }

    /** False if the sequence is unknown or nothing that shares its count is live. */
    boolean read(long sequence, RecordView view) {
        Chunk chunk = journal.cached(sequence);
        if (live(sequence) == 0) {
            return false;
        }
        if (chunk != null) {
            int record = chunk.find(sequence);
            if (record >= 0) {
                chunk.view(record, view);
            }
            return record >= 0;
        }
        Segment segment = segments.find(sequence);
        if (segment != null) {
            reader.read(segment.stored(), sequence, view);
        }
        return segment != null;
    }

    /** Whether a record could be read without the disk. */
    boolean isAtHand(long sequence) {
        if (journal.cached(sequence) != null) {
            return true;
        }
        Segment segment = segments.find(sequence);
        return segment == null || reader.isAtHand(segment.stored(), sequence);
    }

    /** What is stored of a record that {@link #read} found damaged. */
    byte[] raw(long sequence, int bytesMax) {
        Segment segment = segments.find(sequence);
        return segment == null ? new byte[0] : reader.raw(segment.stored(), sequence, bytesMax);
    }

    private long live(long sequence) {
        Chunk open = journal.openChunk(sequence);
        if (open != null) {
            return open.live();
        }
        Segment segment = segments.find(sequence);
        return segment == null ? 0 : segment.live();
    }

    /** Adds references; false if the sequence is unknown. */
    boolean retain(long sequence, int count) {
        Chunk open = journal.openChunk(sequence);
        if (open != null) {
            open.addLive(count);
            return true;
        }
        Segment segment = segments.find(sequence);
        if (segment != null) {
            segment.addLive(count);
        }
        return segment != null;
    }

    /** Takes a reference away; false if there is none. */
    boolean release(long sequence) {
        return live(sequence) > 0 && retain(sequence, -1);
    }
}
