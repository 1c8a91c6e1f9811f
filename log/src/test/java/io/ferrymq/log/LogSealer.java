package io.ferrymq.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts right checksums over whatever stands in a file of the log, as far as its lengths make sense. */
final class LogSealer {
    private static final int HEADER_CRC_AT = 60;
    private static final int BLOCK_BYTES = 64;

    private final ByteBuffer bytes;
    private final Checksum checksum = new Checksum();

    private LogSealer(byte[] content) {
        this.bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The same array. */
    static byte[] sealed(String name, byte[] content) {
        LogSealer sealer = new LogSealer(content);
        if (content.length >= BLOCK_BYTES) {
            sealer.bytes.putInt(HEADER_CRC_AT, sealer.crc(0, HEADER_CRC_AT));
        }
        if (name.startsWith(FileNames.JOURNAL)) {
            sealer.sealBatches();
        } else if (name.startsWith(FileNames.SUPERBLOCK) && content.length >= 2 * BLOCK_BYTES) {
            sealer.bytes.putInt(BLOCK_BYTES + HEADER_CRC_AT, sealer.crc(0, BLOCK_BYTES + HEADER_CRC_AT));
        } else if (name.startsWith(FileNames.CHECKPOINT) && content.length >= 2 * BLOCK_BYTES) {
            sealer.sealCheckpoint();
        }
        return content;
    }

    private int crc(int from, int length) {
        return checksum.reset().update(bytes.duplicate(), from, length).value();
    }

    private int seeded(long generation, int from, int length) {
        return checksum.seed(generation).update(bytes.duplicate(), from, length).value();
    }

    /** The chain goes on from the header of the file; the other fields stay as they are. */
    private void sealBatches() {
        long generation = bytes.getLong(16);
        int previousCrc = bytes.getInt(12);
        int at = FileHeader.BYTES;
        while (at + BatchHeader.BYTES <= bytes.capacity() && BatchHeader.magicAt(bytes, at)) {
            int payload = at + BatchHeader.BYTES;
            int length = BatchHeader.payloadBytesAt(bytes, at);
            if (length < 0 || length > bytes.capacity() - payload) {
                return;
            }
            sealRecords(BatchHeader.firstSequenceAt(bytes, at), payload, payload + length);
            bytes.putInt(at + 48, previousCrc);
            bytes.putInt(at + 52, seeded(generation, payload, length));
            previousCrc = seeded(generation, at, HEADER_CRC_AT);
            bytes.putInt(at + HEADER_CRC_AT, previousCrc);
            at = payload + length;
        }
    }

    private void sealRecords(long firstSequence, int begin, int end) {
        long sequence = firstSequence;
        int at = begin;
        while (end - at > RecordFormat.GAP_AT) {
            int length = bytes.getInt(at);
            int content = at + RecordFormat.PREFIX_BYTES;
            if (!RecordFormat.plausible(length) || length > end - content) {
                return;
            }
            sequence += at == begin ? 0 : RecordFormat.gapAt(bytes, at, content + length);
            bytes.putInt(at + RecordFormat.LENGTH_BYTES, RecordFormat.sealedCrc(crc(content, length), sequence));
            at = content + length;
        }
    }

    /** The snapshot's own checksum stays: what is in it is the caller's. */
    private void sealCheckpoint() {
        long listBytes = 32L * bytes.getInt(BLOCK_BYTES + 20);
        if (listBytes >= 0 && listBytes <= bytes.capacity() - 2 * BLOCK_BYTES) {
            bytes.putInt(BLOCK_BYTES + 32, crc(2 * BLOCK_BYTES, (int) listBytes));
        }
        bytes.putInt(BLOCK_BYTES + HEADER_CRC_AT, crc(BLOCK_BYTES, HEADER_CRC_AT));
    }
}
