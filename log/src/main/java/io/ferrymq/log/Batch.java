package io.ferrymq.log;

/** A closed chunk with its place in the journal. The lane makes it, the journal thread seals it. */
final class Batch {
    private final Chunk chunk;
    private final Segment segment;
    private final long position;
    private final long clockMillis;

    /** Written by the journal thread, read by the lane after the job that wrote it has ended. */
    private int crc;

    Batch(Chunk chunk, Segment segment, long position, long clockMillis) {
        this.chunk = chunk;
        this.segment = segment;
        this.position = position;
        this.clockMillis = clockMillis;
    }

    Chunk chunk() {
        return chunk;
    }

    Segment segment() {
        return segment;
    }

    /** Where its header stands in the segment. */
    long position() {
        return position;
    }

    long end() {
        return position + chunk.bytes();
    }

    long clockMillis() {
        return clockMillis;
    }

    void sealed(int headerCrc) {
        crc = headerCrc;
    }

    /** The header's CRC, which the next batch carries. */
    int crc() {
        return crc;
    }
}
