package io.ferrymq.log;

/**
 * Which checkpoints are on disk.
 *
 * @param sequence what the current one covers, -1 if there is none
 * @param bytes length of its file
 * @param previousSequence what the one before covers, -1 if there is none
 * @param previousBytes length of its file
 * @param counter the highest counter of a superblock
 * @param slot the superblock file that names the current one; the other is written next
 */
record CheckpointState(long sequence, long bytes, long previousSequence, long previousBytes, long counter, int slot) {
    static final CheckpointState NONE = new CheckpointState(-1, 0, -1, 0, 0, 1);

    /** After one more checkpoint. */
    CheckpointState next(long nextSequence, long nextBytes) {
        return new CheckpointState(nextSequence, nextBytes, sequence, bytes, counter + 1, 1 - slot);
    }
}
