package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The journal thread's part: seals batches, writes them and forces them. Everything here belongs to that thread, but
 * for {@link #resumeAt}, which comes before it starts.
 *
 * <p>A segment is forced before the next one is made, so the existence of a segment proves that the one before it is
 * whole; which one is the last says {@link NewestSegment}. Its header is forced before it gets its name, so a recycled file is never seen under its new name with its old
 * header.
 */
final class JournalWriter {
    private final Storage storage;
    private final SpareSegments spares;
    private final int shard;
    private final Checksum checksum = new Checksum();
    private final List<ByteBuffer> parts = new ArrayList<>();
    private @Nullable Segment segment;
    private Storage.@Nullable File file;
    private long generation;
    private long newestGeneration;
    /** Of the segment that the directory says was begun last. */
    private long announcedGeneration;

    private int announcements;
    private int previousCrc;

    JournalWriter(Storage storage, SpareSegments spares, int shard) {
        this.storage = storage;
        this.spares = spares;
        this.shard = shard;
    }

    /** Goes on behind what recovery found. */
    void resumeAt(@Nullable Segment last, long generationOfLast, long generationMax, long announced, int crc) {
        segment = last;
        generation = generationOfLast;
        newestGeneration = generationMax;
        announcedGeneration = announced;
        previousCrc = crc;
    }

    /** Writes all batches; when this returns they are durable. */
    void write(List<Batch> batches, long durableSequence) throws IOException {
        Storage.File target = null;
        long begin = 0;
        for (Batch batch : batches) {
            if (target == null || batch.segment() != segment) {
                if (target != null) {
                    writeParts(target, begin);
                    target.force();
                }
                target = enter(batch);
                begin = batch.position();
            }
            seal(batch, durableSequence);
        }
        if (target != null) {
            writeParts(target, begin);
            target.force();
        }
    }

    /** Batches of one segment follow each other, so all of them are one gathering write. */
    private void writeParts(Storage.File target, long begin) throws IOException {
        target.write(begin, parts.toArray(ByteBuffer[]::new));
        parts.clear();
    }

    /** Makes the batch's segment the current one. */
    private Storage.File enter(Batch batch) throws IOException {
        if (batch.segment() == segment) {
            if (file == null) {
                file = storage.openExisting(segment.name());
                announce(batch);
            }
            return file;
        }
        close();
        segment = batch.segment();
        file = create(segment, batch.clockMillis());
        announce(batch);
        return file;
    }

    private Storage.File create(Segment fresh, long clockMillis) throws IOException {
        String spare = spares.take(fresh.bytesMax());
        generation = ++newestGeneration;
        FileHeader header = new FileHeader(
                FileHeader.JOURNAL,
                shard,
                previousCrc,
                generation,
                clockMillis,
                fresh.firstSequence(),
                fresh.bytesMax());
        Storage.File created = storage.open(spare);
        created.write(0, header.encode());
        created.force();
        storage.rename(spare, fresh.name());
        storage.forceDirectory();
        return created;
    }

    /** Has the directory say that this segment was begun, before anything in it is durable. */
    private void announce(Batch first) throws IOException {
        if (announcedGeneration == generation) {
            return;
        }
        NewestSegment newest = new NewestSegment(generation, first.segment().firstSequence());
        try (Storage.File target = storage.open(NewestSegment.name(newest.slot()))) {
            newest.write(target, shard, first.clockMillis());
        }
        if (announcements++ < NewestSegment.FILES) {
            storage.forceDirectory();
        }
        announcedGeneration = generation;
    }

    /** Fills in the CRCs and the header, and adds the batch to what is written next. */
    private void seal(Batch batch, long durableSequence) {
        Chunk chunk = batch.chunk();
        ByteBuffer bytes = chunk.writableBytes();
        ByteBuffer[] body = chunk.bodyParts();
        ChecksummedTail tail = ChecksummedTail.of(body, checksum);
        RecordSeal.seal(bytes, BatchHeader.BYTES, chunk.firstSequence(), tail, checksum);
        int payloadCrc = tail.behind(checksum.seed(generation)
                .update(bytes, BatchHeader.BYTES, bytes.capacity() - BatchHeader.BYTES)
                .value());
        BatchHeader header = new BatchHeader(
                chunk.bytes() - BatchHeader.BYTES,
                chunk.recordCount(),
                chunk.firstSequence(),
                chunk.lastSequence(),
                batch.clockMillis(),
                durableSequence,
                previousCrc,
                payloadCrc);
        previousCrc = header.encode(bytes, 0, generation, checksum);
        batch.sealed(previousCrc);
        parts.add(bytes);
        Collections.addAll(parts, body);
    }

    /**
     * Writes an empty batch that says how far everything is durable. Without it the very last batch, which none
     * follows, could rot after a clean stop and be taken for a torn tail.
     */
    void writeStopMark(long position, long durableSequence, long clockMillis) throws IOException {
        Segment last = segment;
        if (last == null) {
            return;
        }
        Storage.File target = file == null ? storage.openExisting(last.name()) : file;
        file = target;
        ByteBuffer bytes = ByteBuffer.allocateDirect(BatchHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int payloadCrc = checksum.seed(generation).value();
        BatchHeader mark = new BatchHeader(
                0, 0, durableSequence, durableSequence, clockMillis, durableSequence, previousCrc, payloadCrc);
        previousCrc = mark.encode(bytes, 0, generation, checksum);
        target.write(position, bytes.clear());
        target.force();
    }

    void close() throws IOException {
        if (file != null) {
            file.close();
            file = null;
        }
    }
}
