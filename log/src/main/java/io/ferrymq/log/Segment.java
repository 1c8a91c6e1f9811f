package io.ferrymq.log;

/** What the lane knows of one journal segment, from the moment a batch is meant for it. */
final class Segment {
    private final long firstSequence;
    private final long bytesMax;
    private final StoredRun stored;
    private long lastSequence;
    private long assignedBytes;
    private long live;

    Segment(long firstSequence, long bytesMax) {
        this(firstSequence, firstSequence, bytesMax, FileHeader.BYTES);
    }

    /** A segment found on disk, with records up to {@code lastSequence} before {@code storedEnd}. */
    Segment(long firstSequence, long lastSequence, long bytesMax, long storedEnd) {
        this.firstSequence = firstSequence;
        this.lastSequence = lastSequence;
        this.bytesMax = bytesMax;
        this.stored = new StoredRun(
                FileNames.numbered(FileNames.JOURNAL, firstSequence), firstSequence, FileHeader.BYTES, storedEnd);
        this.assignedBytes = storedEnd;
    }

    boolean fits(int batchBytes) {
        return assignedBytes + batchBytes <= bytesMax;
    }

    /** Gives a batch its place; returns the position. */
    long assign(int batchBytes, long batchLastSequence) {
        long position = assignedBytes;
        assignedBytes += batchBytes;
        lastSequence = batchLastSequence;
        return position;
    }

    String name() {
        return stored.file();
    }

    StoredRun stored() {
        return stored;
    }

    long firstSequence() {
        return firstSequence;
    }

    long lastSequence() {
        return lastSequence;
    }

    /** Size of the file. */
    long bytesMax() {
        return bytesMax;
    }

    /** Where the next batch would go. */
    long assignedBytes() {
        return assignedBytes;
    }

    long live() {
        return live;
    }

    void addLive(long change) {
        live += change;
    }
}
