package io.ferrymq.log;

import java.nio.ByteBuffer;

/**
 * Finds a record in a file: the sparse index says where near, from there the records and batch headers are walked.
 * Where the index ends (a segment that was there before this process) the walk extends it, and steps over whole batches
 * that lie before the wanted record. Lane-owned.
 */
final class RecordReader {
    private static final int CHECKED_BYTES_MAX = 16 << 10;

    private final BlockCache blocks;
    private final RecordSearch search;
    private long reads;
    /** Where the last walk was when it ended. */
    private long walked;

    RecordReader(BlockCache blocks) {
        this.blocks = blocks;
        this.search = new RecordSearch(blocks);
    }

    /**
     * Positions {@code view} at the record; its memory belongs to the cache.
     *
     * @throws DamagedRecordException if this record cannot be read, though a neighbour may be
     */
    void read(StoredRun run, long sequence, RecordView view) {
        run.readAs(++reads);
        try {
            walk(run, sequence, view);
        } catch (MissingFileException e) {
            throw e;
        } catch (DamagedRecordException e) {
            if (!search.find(run, sequence, view)) {
                throw e;
            }
        }
    }

    /**
     * What is stored of a record that {@link #read} could not read, from where it ought to begin.
     *
     * @return at most {@code bytesMax} bytes; none if not even they can be read
     */
    byte[] raw(StoredRun run, long sequence, int bytesMax) {
        long position = lastPosition(run, sequence);
        byte[] raw = new byte[(int) Math.min(bytesMax, run.end() - position)];
        try {
            BlockCache.Block block = blocks.at(run, position, raw.length);
            block.bytes().get((int) (position - block.start()), raw);
            return raw;
        } catch (DamagedRecordException e) {
            return new byte[0];
        }
    }

    /** Where the walk to a damaged record ends: at the record, or at the damage before it. */
    private long lastPosition(StoredRun run, long sequence) {
        try {
            walk(run, sequence, new RecordView());
        } catch (DamagedRecordException e) {
            return walked;
        }
        return walked;
    }

    private void walk(StoredRun run, long sequence, RecordView view) {
        int entry = run.index().floor(sequence);
        if (entry < 0) {
            throw unknown(run, sequence);
        }
        long position = run.index().position(entry);
        long current = run.index().sequence(entry);
        boolean first = true;
        while (current <= sequence) {
            walked = position;
            BlockCache.Block block = headAt(run, position);
            int at = (int) (position - block.start());
            if (isBatch(run, position, block.bytes(), at)) {
                if (BatchHeader.payloadBytesAt(block.bytes(), at) > 0) {
                    // A stop mark has no record; the one whose sequence it carries lies before it.
                    current = BatchHeader.firstSequenceAt(block.bytes(), at);
                    entry = noteBatch(run, entry, current, position);
                }
                position = afterHeader(run, position, block.bytes(), at, sequence);
                first = true;
                continue;
            }
            int length = lengthAt(run, position, block.bytes(), at);
            current += first ? 0 : gapAt(run, position, block.bytes(), at);
            if (current == sequence) {
                view(run, position, length, sequence, view);
                return;
            }
            entry = noteRecord(run, entry, current, position, length);
            first = false;
            position += RecordFormat.PREFIX_BYTES + length;
        }
        throw unknown(run, sequence);
    }

    /** Whether the record could be read without the disk. A guess: where the index is not made yet, it says no. */
    boolean isAtHand(StoredRun run, long sequence) {
        SparseIndex index = run.index();
        int entry = index.floor(sequence);
        if (entry < 0) {
            return false;
        }
        long from = index.position(entry);
        return blocks.holds(run.file(), from, index.nextPosition(entry, run.end()) - from);
    }

    /**
     * Makes an index entry of a batch that the walk has come to, if the last one is far behind. Nothing enters the index
     * that does not match its checksum: damage must not lead later readers astray.
     */
    private int noteBatch(StoredRun run, int entry, long sequence, long position) {
        return run.index().lacks(entry, sequence, position) && search.isBatch(run, position)
                ? run.index().insertNear(entry, sequence, position)
                : entry;
    }

    /** The same for a record; a large one is not read for it. */
    private int noteRecord(StoredRun run, int entry, long sequence, long position, int length) {
        return length <= CHECKED_BYTES_MAX
                        && run.index().lacks(entry, sequence, position)
                        && search.isRecord(run, sequence, position, length)
                ? run.index().insertNear(entry, sequence, position)
                : entry;
    }

    /** A block with as much of the head of a record or batch as there is. */
    private BlockCache.Block headAt(StoredRun run, long position) {
        long rest = run.end() - position;
        if (rest < RecordFormat.HEAD_BYTES_MAX - RecordFormat.GAP_AT) {
            throw damaged(run, position, "the records end");
        }
        return blocks.at(run, position, (int) Math.min(rest, BatchHeader.BYTES));
    }

    private static boolean isBatch(StoredRun run, long position, ByteBuffer bytes, int at) {
        return run.end() - position >= BatchHeader.BYTES && BatchHeader.magicAt(bytes, at);
    }

    /** The first record of the batch, or the next batch if this one ends before the wanted sequence. */
    private static long afterHeader(StoredRun run, long position, ByteBuffer bytes, int at, long sequence) {
        int payloadBytes = BatchHeader.payloadBytesAt(bytes, at);
        if (payloadBytes < 0) {
            throw damaged(run, position, "a batch's length is " + payloadBytes);
        }
        boolean before = BatchHeader.lastSequenceAt(bytes, at) < sequence;
        return position + BatchHeader.BYTES + (before ? payloadBytes : 0);
    }

    private static int lengthAt(StoredRun run, long position, ByteBuffer bytes, int at) {
        int length = bytes.getInt(at);
        if (!RecordFormat.plausible(length) || position + RecordFormat.PREFIX_BYTES + length > run.end()) {
            throw damaged(run, position, "a record's length is " + length);
        }
        return length;
    }

    private static long gapAt(StoredRun run, long position, ByteBuffer bytes, int at) {
        long gap = RecordFormat.gapAt(bytes, at, bytes.capacity());
        if (gap <= 0) {
            throw damaged(run, position, "a record's sequence does not follow the one before");
        }
        return gap;
    }

    private void view(StoredRun run, long position, int length, long sequence, RecordView view) {
        if (!search.isRecord(run, sequence, position, length)) {
            throw damaged(run, position, "record " + sequence + " does not match its checksum");
        }
        BlockCache.Block block = blocks.at(run, position, RecordFormat.PREFIX_BYTES + length);
        ByteBuffer bytes = block.bytes();
        int at = (int) (position - block.start());
        int payload = RecordFormat.payloadAt(bytes, at);
        int payloadBytes = at + RecordFormat.PREFIX_BYTES + length - payload;
        if (payloadBytes < 0) {
            throw damaged(run, position, "record " + sequence + " has no end");
        }
        view.wrap(sequence, bytes.get(at + RecordFormat.TYPE_AT), block.memory(), payload, payloadBytes);
    }

    private static DamagedRecordException damaged(StoredRun run, long position, String what) {
        return new DamagedRecordException(run.file() + " is damaged at " + position + ": " + what);
    }

    /** It is live, so it was written: something that led there is damaged. */
    private static DamagedRecordException unknown(StoredRun run, long sequence) {
        return new DamagedRecordException(run.file() + " is damaged: record " + sequence + " is not in its place");
    }
}
