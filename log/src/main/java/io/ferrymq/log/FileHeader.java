package io.ferrymq.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * The first 64 bytes of every file, little-endian.
 *
 * <pre>
 *   0  u32  magic "FMQ1"
 *   4  u16  format version
 *   6  u16  kind of file
 *   8  u32  shard
 *  12  u32  journal: CRC of the batch before this file's first one, 0 if there is none
 *  16  u64  generation: journal: one for every life of every segment; {@link NewestSegment}: that of the
 *           segment; otherwise the superblock's counter
 *  24  u64  creation, milliseconds since 1970
 *  32  u64  feature bits, none defined: a reader refuses those it does not know
 *  40  u64  journal and {@link NewestSegment}: first sequence; checkpoint: the sequence it covers; superblock: its
 *           counter
 *  48  u64  length of the whole file in bytes
 *  56  u32  zero
 *  60  u32  CRC32C of bytes 0 to 59
 * </pre>
 *
 * <p>The CRC covers what names the file, not its content: content is checked in smaller units that can be told apart.
 */
record FileHeader(int kind, int shard, int previousCrc, long generation, long createdMillis, long base, long bytes) {
    static final int BYTES = 64;
    static final int VERSION = 1;

    static final int JOURNAL = 1;
    static final int CHECKPOINT = 2;
    static final int SUPERBLOCK = 3;
    static final int NEWEST_SEGMENT = 4;

    private static final int MAGIC = 0x3151_4D46;
    private static final int VERSION_AT = 4;
    private static final int KIND_AT = 6;
    private static final int SHARD_AT = 8;
    private static final int PREVIOUS_CRC_AT = 12;
    private static final int GENERATION_AT = 16;
    private static final int CREATED_AT = 24;
    private static final int FEATURES_AT = 32;
    private static final int BASE_AT = 40;
    private static final int BYTES_AT = 48;
    private static final int CRC_AT = 60;

    /** The header as bytes, ready to be written at position 0. */
    ByteBuffer encode() {
        ByteBuffer target = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        target.putInt(0, MAGIC)
                .putShort(VERSION_AT, (short) VERSION)
                .putShort(KIND_AT, (short) kind)
                .putInt(SHARD_AT, shard)
                .putInt(PREVIOUS_CRC_AT, previousCrc)
                .putLong(GENERATION_AT, generation)
                .putLong(CREATED_AT, createdMillis)
                .putLong(FEATURES_AT, 0)
                .putLong(BASE_AT, base)
                .putLong(BYTES_AT, bytes);
        target.putInt(CRC_AT, new Checksum().update(target, 0, CRC_AT).value());
        return target.clear();
    }

    /**
     * Reads a header from the start of {@code source}.
     *
     * @return null if these 64 bytes are no valid header
     * @throws UnsupportedFormatException if they are one, of a newer format
     */
    static @Nullable FileHeader decode(ByteBuffer source, String file) {
        if (source.limit() < BYTES
                || source.getInt(0) != MAGIC
                || source.getInt(CRC_AT)
                        != new Checksum().update(source.duplicate(), 0, CRC_AT).value()) {
            return null;
        }
        int version = Short.toUnsignedInt(source.getShort(VERSION_AT));
        long features = source.getLong(FEATURES_AT);
        if (version != VERSION || features != 0) {
            throw new UnsupportedFormatException(file + " has format version " + version + " with feature bits 0x"
                    + Long.toHexString(features) + "; this version reads format " + VERSION + " without features");
        }
        return new FileHeader(
                Short.toUnsignedInt(source.getShort(KIND_AT)),
                source.getInt(SHARD_AT),
                source.getInt(PREVIOUS_CRC_AT),
                source.getLong(GENERATION_AT),
                source.getLong(CREATED_AT),
                source.getLong(BASE_AT),
                source.getLong(BYTES_AT));
    }
}
