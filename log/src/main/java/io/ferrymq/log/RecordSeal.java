package io.ferrymq.log;

import java.nio.ByteBuffer;

/** Fills in the CRCs of records that the lane has laid out without them. */
final class RecordSeal {
    private RecordSeal() {}

    /**
     * Seals the records from index {@code from} to the end of {@code bytes}; the last one may go on in a body, which is
     * {@code tail}.
     */
    static void seal(ByteBuffer bytes, int from, long firstSequence, ChecksummedTail tail, Checksum checksum) {
        int end = bytes.capacity();
        long sequence = firstSequence;
        int at = from;
        while (at < end) {
            int length = bytes.getInt(at);
            sequence += at == from ? 0 : RecordFormat.gapAt(bytes, at, end);
            int content = at + RecordFormat.PREFIX_BYTES;
            int inline = Math.min(length, end - content);
            int crc = checksum.reset().update(bytes, content, inline).value();
            int whole = inline < length ? tail.behind(crc) : crc;
            bytes.putInt(at + RecordFormat.LENGTH_BYTES, RecordFormat.sealedCrc(whole, sequence));
            at = content + inline;
        }
    }
}
