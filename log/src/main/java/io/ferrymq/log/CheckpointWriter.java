package io.ferrymq.log;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a checkpoint current, on the background thread: temporary file, force, rename, force directory, superblock. A
 * crash at any point leaves the old one current or the new one, whole; and so does a disk without room for it, which is
 * no failure: nothing that was written is in doubt.
 */
final class CheckpointWriter {
    private final Storage storage;
    private final int shard;
    private final long clockMillis;
    private @Nullable OutOfSpaceException roomMissed;

    CheckpointWriter(Storage storage, int shard, long clockMillis) {
        this.storage = storage;
        this.shard = shard;
        this.clockMillis = clockMillis;
    }

    void write(JournalEnd end, List<CheckpointFile.Entry> segments, ByteBuf snapshot, CheckpointState next)
            throws IOException {
        String name = CheckpointFile.name(end.sequence());
        String temporary = name + FileNames.TEMPORARY;
        try {
            FileHeader header = new FileHeader(
                    FileHeader.CHECKPOINT, shard, 0, next.counter(), clockMillis, end.sequence(), next.bytes());
            int crc;
            try (Storage.File file = storage.open(temporary)) {
                file.truncate(0);
                crc = CheckpointFile.write(file, header, end, segments, snapshot);
            }
            storage.rename(temporary, name);
            storage.forceDirectory();
            writeSuperblock(new Superblock(next.counter(), end.sequence(), next.bytes(), crc), next.slot());
        } catch (OutOfSpaceException e) {
            roomMissed = e;
            takeBack(temporary, name);
        }
    }

    private void takeBack(String... written) throws IOException {
        List<String> found = storage.list();
        for (String name : written) {
            if (found.contains(name)) {
                storage.delete(name);
            }
        }
        storage.forceDirectory();
    }

    /** What room there was not, null if the checkpoint was written. */
    @Nullable OutOfSpaceException roomMissed() {
        return roomMissed;
    }

    private void writeSuperblock(Superblock superblock, int slot) throws IOException {
        try (Storage.File file = storage.open(Superblock.name(slot))) {
            superblock.write(file, shard, clockMillis);
        }
        storage.forceDirectory();
    }

    /** Deletes the checkpoint that is two behind; the next force of the directory makes that durable. */
    void deleteSuperseded(CheckpointState before) throws IOException {
        if (before.previousSequence() >= 0) {
            storage.delete(CheckpointFile.name(before.previousSequence()));
        }
    }
}
