package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Which checkpoint is current. Two files take turns, so that a write that is torn leaves the other one. Little-endian,
 * after the file header, whose base is the counter:
 *
 * <pre>
 *  64  u64  sequence of the checkpoint, which also names its file
 *  72  u64  length of that file
 *  80  u32  the checkpoint's own CRC, which covers all of it
 *  84       zero
 * 124  u32  CRC32C of bytes 0 to 123
 * </pre>
 *
 * @param counter the valid superblock with the higher one counts
 */
record Superblock(long counter, long sequence, long checkpointBytes, int checkpointCrc) {
    static final int FILES = 2;

    private static final int BYTES = FileHeader.BYTES + 64;
    private static final int SEQUENCE_AT = 64;
    private static final int CHECKPOINT_BYTES_AT = 72;
    private static final int CHECKPOINT_CRC_AT = 80;
    private static final int CRC_AT = 124;

    static String name(int number) {
        return FileNames.SUPERBLOCK + number;
    }

    /** Writes and forces it; durable when the directory is forced too, the first time. */
    void write(Storage.File file, int shard, long clockMillis) throws IOException {
        FileHeader header = new FileHeader(FileHeader.SUPERBLOCK, shard, 0, counter, clockMillis, counter, BYTES);
        ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(header.encode())
                .putLong(SEQUENCE_AT, sequence)
                .putLong(CHECKPOINT_BYTES_AT, checkpointBytes)
                .putInt(CHECKPOINT_CRC_AT, checkpointCrc);
        int crc = new Checksum().update(bytes, 0, CRC_AT).value();
        bytes.clear().putInt(CRC_AT, crc);
        file.write(0, bytes);
        file.force();
    }

    /** Null if the file holds no valid superblock of this shard. */
    static @Nullable Superblock read(Storage.File file, String name, int shard) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (Stretches.read(file, 0, bytes) < BYTES) {
            return null;
        }
        bytes.clear();
        FileHeader header = FileHeader.decode(bytes, name);
        int crc = new Checksum().update(bytes.duplicate(), 0, CRC_AT).value();
        if (header == null
                || crc != bytes.getInt(CRC_AT)
                || header.kind() != FileHeader.SUPERBLOCK
                || header.shard() != shard) {
            return null;
        }
        return new Superblock(
                header.base(),
                bytes.getLong(SEQUENCE_AT),
                bytes.getLong(CHECKPOINT_BYTES_AT),
                bytes.getInt(CHECKPOINT_CRC_AT));
    }
}
