package io.ferrymq.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the records of one batch in a journal segment: 64 bytes, little-endian.
 *
 * <pre>
 *   0  u32  magic; its highest bit is set, so that it is never mistaken for a record's length
 *   4  u16  version
 *   6  u16  zero
 *   8  u32  payload length: the records after this header, in bytes
 *  12  u32  record count
 *  16  u64  first sequence
 *  24  u64  last sequence
 *  32  u64  clock, milliseconds since 1970
 *  40  u64  durable up to: what had been flushed when this batch was handed to the journal
 *  48  u32  header CRC of the previous batch, in whichever segment that is: the hash chain
 *  52  u32  CRC32C of the payload, seeded with the segment's generation
 *  56  u32  zero
 *  60  u32  CRC32C of bytes 0 to 59, seeded with the segment's generation
 * </pre>
 *
 * <p>The header CRC covers the payload CRC and the chain, so it stands for everything up to here. "Durable up to" is
 * what tells a torn tail from damage: a batch that a crash may have lost cannot be followed by one that says it was
 * flushed.
 */
record BatchHeader(
        int payloadBytes,
        int recordCount,
        long firstSequence,
        long lastSequence,
        long clockMillis,
        long durableSequence,
        int previousCrc,
        int payloadCrc) {
    static final int BYTES = 64;
    static final int MAGIC = 0xB47C_4E51;
    static final int VERSION = 1;

    private static final int VERSION_AT = 4;
    private static final int PAYLOAD_BYTES_AT = 8;
    private static final int RECORD_COUNT_AT = 12;
    private static final int FIRST_SEQUENCE_AT = 16;
    private static final int LAST_SEQUENCE_AT = 24;
    private static final int CLOCK_AT = 32;
    private static final int DURABLE_AT = 40;
    private static final int PREVIOUS_CRC_AT = 48;
    private static final int PAYLOAD_CRC_AT = 52;
    private static final int ZERO_AT = 56;
    private static final int CRC_AT = 60;

    /** Writes this header at {@code at}; returns its CRC, the next link of the chain. */
    int encode(ByteBuffer target, int at, long generation, Checksum checksum) {
        target.clear();
        target.putInt(at, MAGIC)
                .putInt(at + VERSION_AT, VERSION)
                .putInt(at + PAYLOAD_BYTES_AT, payloadBytes)
                .putInt(at + RECORD_COUNT_AT, recordCount)
                .putLong(at + FIRST_SEQUENCE_AT, firstSequence)
                .putLong(at + LAST_SEQUENCE_AT, lastSequence)
                .putLong(at + CLOCK_AT, clockMillis)
                .putLong(at + DURABLE_AT, durableSequence)
                .putInt(at + PREVIOUS_CRC_AT, previousCrc)
                .putInt(at + PAYLOAD_CRC_AT, payloadCrc)
                .putInt(at + ZERO_AT, 0);
        int crc = checksum.seed(generation).update(target, at, CRC_AT).value();
        target.putInt(at + CRC_AT, crc);
        return crc;
    }

    /** Whether a header may begin here: cheap, and wrong only in one direction. */
    static boolean magicAt(ByteBuffer source, int at) {
        return source.getInt(at) == MAGIC;
    }

    /** The header at {@code at}, whose 64 bytes {@code source} holds; null if it is not valid in this generation. */
    static @Nullable BatchHeader decode(ByteBuffer source, int at, long generation, Checksum checksum) {
        if (!magicAt(source, at)) {
            return null;
        }
        int crc =
                checksum.seed(generation).update(source.duplicate(), at, CRC_AT).value();
        if (crc != crcAt(source, at)) {
            return null;
        }
        if (source.getInt(at + VERSION_AT) != VERSION) {
            throw new UnsupportedFormatException("a batch has version " + source.getInt(at + VERSION_AT));
        }
        return new BatchHeader(
                source.getInt(at + PAYLOAD_BYTES_AT),
                source.getInt(at + RECORD_COUNT_AT),
                source.getLong(at + FIRST_SEQUENCE_AT),
                source.getLong(at + LAST_SEQUENCE_AT),
                source.getLong(at + CLOCK_AT),
                source.getLong(at + DURABLE_AT),
                source.getInt(at + PREVIOUS_CRC_AT),
                source.getInt(at + PAYLOAD_CRC_AT));
    }

    /** The CRC that a header at {@code at} carries. */
    static int crcAt(ByteBuffer source, int at) {
        return source.getInt(at + CRC_AT);
    }

    /** First sequence of the batch at {@code at}, without checks. */
    static long firstSequenceAt(ByteBuffer source, int at) {
        return source.getLong(at + FIRST_SEQUENCE_AT);
    }

    static long lastSequenceAt(ByteBuffer source, int at) {
        return source.getLong(at + LAST_SEQUENCE_AT);
    }

    static int payloadBytesAt(ByteBuffer source, int at) {
        return source.getInt(at + PAYLOAD_BYTES_AT);
    }
}
