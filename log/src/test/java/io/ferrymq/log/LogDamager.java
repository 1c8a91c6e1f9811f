package io.ferrymq.log;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Finds a durable record on a {@link FakeDisk} and breaks what a test wants broken. */
public final class LogDamager {
    /** Where a record is stored. */
    public record Place(String file, int batchPosition, int batchEnd, int recordPosition) {}

    private final FakeDisk disk;

    public LogDamager(FakeDisk disk) {
        this.disk = disk;
    }

    /** Flips a byte of the record's payload. */
    public void damagePayload(long sequence) {
        Place place = find(sequence);
        disk.damage(place.file(), place.recordPosition() + RecordFormat.GAP_AT + 1);
    }

    /** Flips a byte of the header of the record's batch. */
    public void damageHeader(long sequence) {
        Place place = find(sequence);
        disk.damage(place.file(), place.batchPosition() + 20);
    }

    public Place find(long sequence) {
        return disk.list().stream()
                .filter(name -> name.startsWith(FileNames.JOURNAL))
                .map(name -> findIn(name, sequence))
                .filter(place -> place.recordPosition() > 0)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no record " + sequence + " in " + disk.list()));
    }

    private Place findIn(String name, long sequence) {
        ByteBuffer bytes = ByteBuffer.wrap(disk.content(name)).order(ByteOrder.LITTLE_ENDIAN);
        int batch = FileHeader.BYTES;
        while (batch + BatchHeader.BYTES < bytes.capacity() && BatchHeader.magicAt(bytes, batch)) {
            int end = batch + BatchHeader.BYTES + BatchHeader.payloadBytesAt(bytes, batch);
            long current = BatchHeader.firstSequenceAt(bytes, batch);
            for (int at = batch + BatchHeader.BYTES; at < end; at += RecordFormat.PREFIX_BYTES + bytes.getInt(at)) {
                current += at == batch + BatchHeader.BYTES ? 0 : RecordFormat.gapAt(bytes, at, end);
                if (current == sequence) {
                    return new Place(name, batch, end, at);
                }
            }
            batch = end;
        }
        return new Place(name, 0, 0, 0);
    }

    /** The newest file of this kind. */
    String newest(String prefix) {
        return disk.list().stream()
                .filter(name -> name.startsWith(prefix))
                .reduce((first, second) -> second)
                .orElseThrow();
    }

    /** The oldest file of this kind. */
    String oldest(String prefix) {
        return disk.list().stream()
                .filter(name -> name.startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    /** All bytes of all files, to see whether anything was changed. */
    long fingerprint() {
        long hash = disk.list().hashCode();
        for (String name : disk.list()) {
            hash = hash * 31 + ByteBuffer.wrap(disk.content(name)).hashCode();
        }
        return hash;
    }
}
