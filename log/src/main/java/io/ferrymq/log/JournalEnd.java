package io.ferrymq.log;

/**
 * A place in the journal at which it can be taken up again: what a checkpoint remembers and what recovery finds.
 *
 * @param sequence the last durable record before this place
 * @param segmentFirstSequence names the segment; 0 if there is none yet
 * @param position in that segment, of the next batch
 * @param crc the header CRC of the batch before, 0 if there is none
 */
record JournalEnd(long sequence, long segmentFirstSequence, long position, int crc) {
    /** Before the first record. */
    static final JournalEnd START = new JournalEnd(Sequences.NONE, Sequences.NONE, 0, 0);

    /** Behind a batch that is durable. */
    static JournalEnd behind(Batch batch) {
        return new JournalEnd(batch.chunk().lastSequence(), batch.segment().firstSequence(), batch.end(), batch.crc());
    }
}
