package io.ferrymq.log;

import java.nio.ByteBuffer;

/**
 * One record, in memory, in the journal and in scratch files alike; little-endian.
 *
 * <pre>
 *   0    u32     length of what follows the CRC, in bytes
 *   4    u32     CRC32C of what follows, with the folded sequence xored over it
 *   8    u8      type, 1 to 127, or 0 for a record of the log itself, which says nothing
 *   9    varint  gap: this sequence minus that of the record before it in the same batch, 0 for the first
 *   9+g          payload
 * </pre>
 *
 * <p>The CRC is here although every batch has one, because a single record is read long after its batch was checked. The
 * sequence is in it, though it is not in the record, so that a walk that lost count cannot end at a wrong record.
 */
final class RecordFormat {
    static final int LENGTH_BYTES = 4;

    /** The type of a record without content, for a checkpoint to be named after. */
    static final byte MARK = 0;

    /** Length and CRC. */
    static final int PREFIX_BYTES = 8;

    static final int TYPE_AT = PREFIX_BYTES;
    static final int GAP_AT = TYPE_AT + 1;
    private static final int GAP_BYTES_MAX = 10;

    /** The largest distance from a record's start to its payload. */
    static final int HEAD_BYTES_MAX = GAP_AT + GAP_BYTES_MAX;

    private RecordFormat() {}

    static int gapBytes(long gap) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(gap) + 6) / 7);
    }

    /** Writes everything before the payload but the CRC; returns the index of the payload. */
    static int writeHead(ByteBuffer target, int at, byte type, long gap, int payloadBytes) {
        target.putInt(at, 1 + gapBytes(gap) + payloadBytes);
        target.put(at + TYPE_AT, type);
        int index = at + GAP_AT;
        long rest = gap;
        while (rest >>> 7 != 0) {
            target.put(index++, (byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put(index++, (byte) rest);
        return index;
    }

    /** What is stored as the CRC of a record whose bytes have this CRC. */
    static int sealedCrc(int crc, long sequence) {
        return crc ^ Long.hashCode(sequence);
    }

    /** Whether {@code length}, as found on disk, can be a record's. */
    static boolean plausible(int length) {
        return length >= 2 && length <= CommandLog.PAYLOAD_BYTES_MAX + 1 + GAP_BYTES_MAX;
    }

    /** The gap of the record at {@code at}; -1 if it runs past {@code end} or is no varint. */
    static long gapAt(ByteBuffer source, int at, int end) {
        long gap = 0;
        int index = at + GAP_AT;
        for (int shift = 0; shift < GAP_BYTES_MAX * 7 && index < end; shift += 7) {
            byte next = source.get(index++);
            gap |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return gap;
            }
        }
        return -1;
    }

    /** Index of the payload of the record at {@code at}. */
    static int payloadAt(ByteBuffer source, int at) {
        int index = at + GAP_AT;
        while (source.get(index) < 0) {
            index++;
        }
        return index + 1;
    }
}
