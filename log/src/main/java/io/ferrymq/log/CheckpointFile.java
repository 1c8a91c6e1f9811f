package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint: the caller's snapshot and what the log must know to go on from it. Little-endian, after the file
 * header, whose base is the sequence that the snapshot covers:
 *
 * <pre>
 *  64  u64  first sequence of the segment in which replay begins, 0 if there was no segment
 *  72  u64  position in it of the first batch to be replayed
 *  80  u32  header CRC of the batch before that
 *  84  u32  number of segments
 *  88  u64  length of the snapshot in bytes
 *  96  u32  CRC32C of the list of segments
 * 100  u32  CRC32C of the snapshot
 * 104       zero
 * 124  u32  CRC32C of bytes 64 to 123
 * 128       for each segment: u64 first sequence, u64 last sequence, u64 file length, u64 end of its batches
 *           the snapshot
 * </pre>
 *
 * <p>The CRC at 124 covers the others, so that the superblock needs to hold only that one.
 *
 * @param crc the CRC at 124
 * @param bytes length of the file
 */
record CheckpointFile(JournalEnd end, List<Entry> segments, long snapshotBytes, int snapshotCrc, int crc, long bytes) {
    /** One segment as it was. */
    record Entry(long firstSequence, long lastSequence, long bytesMax, long end) {
        static final int BYTES = 4 * Long.BYTES;
    }

    private static final int CONTENTS_AT = FileHeader.BYTES;
    private static final int CONTENTS_BYTES = 64;
    private static final int LIST_AT = CONTENTS_AT + CONTENTS_BYTES;

    private static final int SEGMENT_AT = 0;
    private static final int POSITION_AT = 8;
    private static final int END_CRC_AT = 16;
    private static final int SEGMENT_COUNT_AT = 20;
    private static final int SNAPSHOT_BYTES_AT = 24;
    private static final int LIST_CRC_AT = 32;
    private static final int SNAPSHOT_CRC_AT = 36;
    private static final int CRC_AT = 60;

    private static final int PIECE_BYTES = 1 << 20;

    static String name(long sequence) {
        return FileNames.numbered(FileNames.CHECKPOINT, sequence);
    }

    /** Writes and forces a whole checkpoint; returns the CRC that stands for all of it. */
    static int write(Storage.File file, FileHeader header, JournalEnd end, List<Entry> segments, ByteBuf snapshot)
            throws IOException {
        Checksum checksum = new Checksum();
        ByteBuffer list = encode(segments);
        int snapshotCrc = checksum.reset().update(snapshot).value();
        ByteBuffer contents = ByteBuffer.allocateDirect(CONTENTS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        contents.putLong(SEGMENT_AT, end.segmentFirstSequence())
                .putLong(POSITION_AT, end.position())
                .putInt(END_CRC_AT, end.crc())
                .putInt(SEGMENT_COUNT_AT, segments.size())
                .putLong(SNAPSHOT_BYTES_AT, snapshot.readableBytes())
                .putInt(
                        LIST_CRC_AT,
                        checksum.reset().update(list, 0, list.capacity()).value())
                .putInt(SNAPSHOT_CRC_AT, snapshotCrc);
        int crc = checksum.reset().update(contents, 0, CRC_AT).value();
        contents.clear().putInt(CRC_AT, crc);
        file.write(0, header.encode(), contents, list.clear());
        writeSnapshot(file, LIST_AT + list.capacity(), snapshot);
        file.force();
        return crc;
    }

    static long bytes(int segments, long snapshotBytes) {
        return LIST_AT + (long) segments * Entry.BYTES + snapshotBytes;
    }

    private static ByteBuffer encode(List<Entry> segments) {
        ByteBuffer list =
                ByteBuffer.allocateDirect(segments.size() * Entry.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Entry entry : segments) {
            list.putLong(entry.firstSequence)
                    .putLong(entry.lastSequence)
                    .putLong(entry.bytesMax)
                    .putLong(entry.end);
        }
        return list.clear();
    }

    /** In pieces: a system call that takes a hundred megabytes keeps the disk from the journal for as long. */
    private static void writeSnapshot(Storage.File file, long from, ByteBuf snapshot) throws IOException {
        long position = from;
        for (ByteBuffer part : snapshot.nioBuffers()) {
            while (part.hasRemaining()) {
                int length = Math.min(PIECE_BYTES, part.remaining());
                file.write(position, part.slice(part.position(), length));
                part.position(part.position() + length);
                position += length;
            }
        }
    }

    /** Reads and checks everything but the snapshot; null if this is no whole checkpoint. */
    static @Nullable CheckpointFile read(Storage.File file, String name, FileHeader header) throws IOException {
        ByteBuffer contents = ByteBuffer.allocate(CONTENTS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (header.bytes() != file.length() || Stretches.read(file, CONTENTS_AT, contents) < CONTENTS_BYTES) {
            return null;
        }
        Checksum checksum = new Checksum();
        int crc = checksum.reset().update(contents.duplicate(), 0, CRC_AT).value();
        int count = contents.getInt(SEGMENT_COUNT_AT);
        long snapshotBytes = contents.getLong(SNAPSHOT_BYTES_AT);
        if (crc != contents.getInt(CRC_AT)
                || count < 0
                || snapshotBytes < 0
                || snapshotBytes > Integer.MAX_VALUE
                || bytes(count, snapshotBytes) != header.bytes()) {
            return null;
        }
        ByteBuffer list = ByteBuffer.allocate(count * Entry.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Stretches.readFully(file, name, LIST_AT, list);
        if (contents.getInt(LIST_CRC_AT)
                != checksum.reset().update(list, 0, list.capacity()).value()) {
            return null;
        }
        JournalEnd end = new JournalEnd(
                header.base(),
                contents.getLong(SEGMENT_AT),
                contents.getLong(POSITION_AT),
                contents.getInt(END_CRC_AT));
        int snapshotCrc = contents.getInt(SNAPSHOT_CRC_AT);
        return new CheckpointFile(end, decode(list.clear(), count), snapshotBytes, snapshotCrc, crc, header.bytes());
    }

    private static List<Entry> decode(ByteBuffer list, int count) {
        List<Entry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(list.getLong(), list.getLong(), list.getLong(), list.getLong()));
        }
        return entries;
    }

    /** Fills {@code target} with the snapshot; false if it does not match its CRC. */
    boolean readSnapshot(Storage.File file, String name, ByteBuf target) throws IOException {
        ByteBuffer bytes = target.nioBuffer(0, (int) snapshotBytes);
        Stretches.readFully(file, name, LIST_AT + (long) segments.size() * Entry.BYTES, bytes);
        target.setIndex(0, (int) snapshotBytes);
        return new Checksum().update(target).value() == snapshotCrc;
    }
}
