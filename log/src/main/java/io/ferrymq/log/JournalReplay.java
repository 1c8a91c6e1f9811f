package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the journal from a place on, and decides what the first mismatch means:
 *
 * <ul>
 *   <li>another segment follows and goes on from here: this one simply ends. It was forced before the next was made.
 *   <li>another segment follows and does not: damage.
 *   <li>no segment follows, but a batch behind this place, or a checkpoint, says that more was durable: damage.
 *   <li>otherwise nothing that was lost had been reported durable: a torn tail, which is cut.
 * </ul>
 */
final class JournalReplay {
    /** Bytes behind the last whole batch that must not be mistaken for batches later. */
    record TornTail(String file, long position, long fileBytes) {}

    private static final Logger LOG = LoggerFactory.getLogger(JournalReplay.class);

    private final Storage storage;
    private final CommandLog log;
    private final RecoveryTarget target;
    private final SegmentTable segments;
    private final NavigableMap<Long, FileHeader> headers;
    private final ReplayProgress progress;
    private final RecordView view = new RecordView();
    private @Nullable TornTail tornTail;
    private long position;
    private int crc;
    private long sequence;
    private long lastGeneration;
    private long records;
    private long bytes;

    JournalReplay(
            Storage storage,
            CommandLog log,
            RecoveryTarget target,
            SegmentTable segments,
            Inventory inventory,
            ReplayProgress progress) {
        this.storage = storage;
        this.log = log;
        this.target = target;
        this.segments = segments;
        this.headers = inventory.segments;
        this.progress = progress;
    }

    /** Replays everything behind {@code from}; returns where the journal goes on. */
    JournalEnd replay(JournalEnd from, long durableEvidence) throws IOException {
        crc = from.crc();
        sequence = from.sequence();
        long first = from.segmentFirstSequence();
        if (first != Sequences.NONE && !headers.containsKey(first)) {
            throw new DamagedRecordException(
                    FileNames.numbered(FileNames.JOURNAL, first) + " is missing, in which the checkpoint ends");
        }
        NavigableMap<Long, FileHeader> ahead = headers.tailMap(first == Sequences.NONE ? from.sequence() : first, true);
        Iterator<Map.Entry<Long, FileHeader>> rest = ahead.entrySet().iterator();
        long current = Sequences.NONE;
        position = from.position();
        progress.begins(ahead.values().stream().mapToLong(FileHeader::bytes).sum() - position);
        while (rest.hasNext()) {
            Map.Entry<Long, FileHeader> next = rest.next();
            if (next.getKey() != first) {
                checkFollows(next.getKey(), next.getValue());
                position = FileHeader.BYTES;
            }
            current = next.getKey();
            replaySegment(current, next.getValue(), !rest.hasNext(), durableEvidence);
        }
        checkEvidence(current, durableEvidence);
        return new JournalEnd(sequence, current, position, crc);
    }

    private void checkFollows(long first, FileHeader header) {
        if (header.previousCrc() != crc || first <= sequence) {
            Segment before = segments.last();
            throw new DamagedRecordException(
                    (before == null ? "the journal" : before.name()) + " is damaged at " + position
                            + ": record " + sequence + " is the last that is whole, and "
                            + FileNames.numbered(FileNames.JOURNAL, first) + " does not follow it");
        }
    }

    private void checkEvidence(long current, long durableSequence) {
        if (durableSequence > sequence) {
            throw new DamagedRecordException(FileNames.numbered(FileNames.JOURNAL, current) + " is damaged at "
                    + position + ": the journal ends with record " + sequence + ", but record " + durableSequence
                    + " was durable");
        }
    }

    private void replaySegment(long first, FileHeader header, boolean last, long durableEvidence) throws IOException {
        Segment segment = segments.find(first);
        if (segment == null) {
            segment = new Segment(first, header.bytes());
            segments.add(segment);
        }
        String name = segment.name();
        try (SegmentScanner scanner = new SegmentScanner(storage.openExisting(name), name, header)) {
            BatchHeader batch = scanner.batchAt(position, crc, sequence);
            while (batch != null) {
                replayBatch(scanner, segment, batch);
                batch = scanner.batchAt(position, crc, sequence);
            }
            if (last) {
                lastGeneration = header.generation();
                checkTail(scanner, durableEvidence);
            }
        }
    }

    private void replayBatch(SegmentScanner scanner, Segment segment, BatchHeader batch) throws IOException {
        int batchBytes = BatchHeader.BYTES + batch.payloadBytes();
        crc = scanner.crcAt(position);
        segment.assign(batchBytes, batch.lastSequence());
        segment.stored().extendTo(segment.assignedBytes());
        scanner.visit(batch, position, (number, at, type, memory, payloadAt, payloadBytes) -> {
            segment.stored().index().addIfFar(number, at);
            if (type != RecordFormat.MARK) {
                replayRecord(number, type, memory, payloadAt, payloadBytes);
            }
        });
        sequence = batch.lastSequence();
        position += batchBytes;
        bytes += batchBytes;
        progress.reached(bytes, records);
    }

    private void replayRecord(long number, byte type, ByteBuf memory, int payloadAt, int payloadBytes) {
        view.wrap(number, type, memory, payloadAt, payloadBytes);
        target.replay(log, view);
        records++;
    }

    private void checkTail(SegmentScanner scanner, long durableEvidence) throws IOException {
        long highest = scanner.highestDurableAfter(position);
        if (Math.max(highest, durableEvidence) > sequence) {
            throw new DamagedRecordException(scanner.name() + " is damaged at " + position + ": record " + sequence
                    + " is the last that is whole, but record " + Math.max(highest, durableEvidence)
                    + " was durable");
        }
        if (highest >= 0) {
            LOG.warn(
                    "{} has a torn tail at {}: what follows record {} was never reported durable and is cut",
                    scanner.name(),
                    position,
                    sequence);
            tornTail = new TornTail(scanner.name(), position, scanner.bytes());
        }
    }

    @Nullable TornTail tornTail() {
        return tornTail;
    }

    long lastGeneration() {
        return lastGeneration;
    }

    long records() {
        return records;
    }

    long bytes() {
        return bytes;
    }
}
