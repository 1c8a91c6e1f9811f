package io.ferrymq.log;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds a record when the walk to it has come to nothing: something before it is damaged that says where the next one
 * begins, such as a record's length, a gap between sequences or a batch's header. So damage costs the record that it is
 * in, and not those behind it.
 *
 * <p>First the batches are looked for between the two places that the index is sure of, at any byte; then, in what is
 * left, a place whose bytes match their checksum together with the wanted sequence. Lane-owned; makes objects, as damage
 * is rare.
 */
final class RecordSearch {
    /** A stretch of a file. */
    private record Range(long begin, long end) {}

    /** Checksums are computed of no more than this in one search: bodies may be made to look like records. */
    private static final long CHECKED_BYTES_MAX = 16 << 20;

    /** A place that is looked at costs as much as the checksum of so many bytes. */
    private static final long PLACE_BYTES = 32;

    /** What a disk gives or does not give as a whole. */
    private static final int SECTOR_BYTES = 512;

    /** Length, checksum, type and one byte of a gap. */
    private static final int RECORD_BYTES_MIN = RecordFormat.GAP_AT + 1;

    private final BlockCache blocks;
    private final Checksum checksum = new Checksum();
    private long checkedBytes;
    private long triedPlaces;

    RecordSearch(BlockCache blocks) {
        this.blocks = blocks;
    }

    /** Positions {@code view} at the record; false if it is nowhere. */
    boolean find(StoredRun run, long sequence, RecordView view) {
        checkedBytes = 0;
        triedPlaces = 0;
        try {
            return search(run, sequence, view);
        } finally {
            blocks.searched(checkedBytes + PLACE_BYTES * triedPlaces);
        }
    }

    private boolean search(StoredRun run, long sequence, RecordView view) {
        Range range = range(run, sequence);
        if (FileNames.number(FileNames.JOURNAL, run.file()).isPresent()) {
            range = narrowed(run, sequence, range);
        }
        long position = range.begin;
        while (range.end - position >= RECORD_BYTES_MIN && checkedBytes < CHECKED_BYTES_MAX) {
            BlockCache.Block head = readable(run, position, RECORD_BYTES_MIN);
            if (head == null) {
                position = nextSector(position);
            } else if (matches(run, sequence, position, head, range.end)) {
                note(run.index(), sequence, position);
                return view(run, sequence, position, view);
            } else {
                position++;
                triedPlaces++;
            }
        }
        return false;
    }

    /** From the last place that is known to come before the record to the first that is known to come after it. */
    private static Range range(StoredRun run, long sequence) {
        SparseIndex index = run.index();
        int entry = Math.max(0, index.floor(sequence));
        long end = entry + 1 < index.count() ? index.position(entry + 1) : run.end();
        return new Range(index.position(entry), Math.min(end, run.end()));
    }

    /** The part of a range that lies in the batch of this record, as far as whole headers of batches tell. */
    private Range narrowed(StoredRun run, long sequence, Range range) {
        long generation = generation(run);
        long begin = range.begin;
        long position = range.begin;
        while (range.end - position >= BatchHeader.BYTES) {
            BatchHeader header = headerAt(run, position, generation);
            if (header == null || header.recordCount() == 0) {
                position = nextMagic(run, position + 1, range.end);
                continue;
            }
            if (header.firstSequence() > sequence) {
                return new Range(begin, position);
            }
            note(run.index(), header.firstSequence(), position);
            long payload = position + BatchHeader.BYTES;
            position = Math.min(payload + header.payloadBytes(), range.end);
            if (header.lastSequence() >= sequence) {
                return new Range(payload, position);
            }
            begin = position;
        }
        return new Range(begin, range.end);
    }

    private @Nullable BatchHeader headerAt(StoredRun run, long position, long generation) {
        BlockCache.Block block = readable(run, position, BatchHeader.BYTES);
        BatchHeader header = block == null
                ? null
                : BatchHeader.decode(block.bytes(), (int) (position - block.start()), generation, checksum);
        return header == null || header.payloadBytes() < 0 ? null : header;
    }

    /** The next place at which a batch may begin; {@code end} if there is none. */
    private long nextMagic(StoredRun run, long from, long end) {
        long position = from;
        while (end - position >= BatchHeader.BYTES) {
            int length = (int) Math.min(SECTOR_BYTES, end - position);
            BlockCache.Block block = readable(run, position, length);
            int begin = block == null ? 0 : (int) (position - block.start());
            for (int at = begin; block != null && at <= begin + length - Integer.BYTES; at++) {
                if (BatchHeader.magicAt(block.bytes(), at)) {
                    return block.start() + at;
                }
            }
            position = block == null ? nextSector(position) : position + length - Integer.BYTES + 1;
        }
        return end;
    }

    /** A block, null if the disk does not give it: then the search goes on behind that sector. */
    private BlockCache.@Nullable Block readable(StoredRun run, long position, int length) {
        try {
            return blocks.at(run, position, length);
        } catch (DamagedRecordException e) {
            return null;
        }
    }

    private static long nextSector(long position) {
        return (position | (SECTOR_BYTES - 1)) + 1;
    }

    /** So that the next search begins here. */
    private static void note(SparseIndex index, long sequence, long position) {
        int entry = index.floor(sequence);
        if (entry >= 0 && index.lacks(entry, sequence, position)) {
            index.insertAfter(entry, sequence, position);
        }
    }

    /** Whether a whole batch header of the run's generation begins there. */
    boolean isBatch(StoredRun run, long position) {
        return headerAt(run, position, generation(run)) != null;
    }

    /** Whether what begins there is this record, whole. */
    boolean isRecord(StoredRun run, long sequence, long position, int length) {
        BlockCache.Block block = blocks.at(run, position, RecordFormat.PREFIX_BYTES + length);
        int at = (int) (position - block.start());
        int crc = checksum.reset()
                .update(block.bytes(), at + RecordFormat.PREFIX_BYTES, length)
                .value();
        return RecordFormat.sealedCrc(crc, sequence) == block.bytes().getInt(at + RecordFormat.LENGTH_BYTES);
    }

    private long generation(StoredRun run) {
        if (run.generation() != 0) {
            return run.generation();
        }
        BlockCache.Block first = blocks.at(run, 0, FileHeader.BYTES);
        FileHeader header = FileHeader.decode(first.bytes(), run.file());
        run.generation(header == null ? 0 : header.generation());
        return run.generation();
    }

    private boolean matches(StoredRun run, long sequence, long position, BlockCache.Block head, long end) {
        int at = (int) (position - head.start());
        int length = head.bytes().getInt(at);
        if (!RecordFormat.plausible(length)
                || length > end - position - RecordFormat.PREFIX_BYTES
                || head.bytes().get(at + RecordFormat.TYPE_AT) <= 0) {
            return false;
        }
        checkedBytes += length;
        return readable(run, position, RecordFormat.PREFIX_BYTES + length) != null
                && isRecord(run, sequence, position, length);
    }

    private boolean view(StoredRun run, long sequence, long position, RecordView view) {
        BlockCache.Block head = blocks.at(run, position, RecordFormat.PREFIX_BYTES);
        int length = head.bytes().getInt((int) (position - head.start()));
        BlockCache.Block block = blocks.at(run, position, RecordFormat.PREFIX_BYTES + length);
        ByteBuffer bytes = block.bytes();
        int at = (int) (position - block.start());
        int payload = RecordFormat.payloadAt(bytes, at);
        int payloadBytes = at + RecordFormat.PREFIX_BYTES + length - payload;
        view.wrap(sequence, bytes.get(at + RecordFormat.TYPE_AT), block.memory(), payload, payloadBytes);
        return payloadBytes >= 0;
    }
}
