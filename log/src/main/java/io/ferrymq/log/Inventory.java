package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is in the directory, by kind. Looking changes nothing. */
final class Inventory {
    private final Storage storage;
    private final int shard;

    /** Headers of the journal's segments by first sequence. */
    final NavigableMap<Long, FileHeader> segments = new TreeMap<>();

    /** Checkpoint files by sequence, not looked into. */
    final NavigableMap<Long, String> checkpoints = new TreeMap<>();

    /** Spare files by number. */
    final NavigableMap<Long, String> spares = new TreeMap<>();

    /** Scratch and temporary files: no use after a restart. */
    final List<String> leftovers = new ArrayList<>();

    /** Files that this log has not made. */
    final List<String> strangers = new ArrayList<>();

    final @Nullable Superblock[] superblocks = new @Nullable Superblock[Superblock.FILES];
    boolean superblockSeen;

    /** The segment that was begun last, as far as the directory says. */
    @Nullable NewestSegment newestSegment;

    long generationMax;

    private Inventory(Storage storage, int shard) {
        this.storage = storage;
        this.shard = shard;
    }

    static Inventory of(Storage storage, int shard) throws IOException {
        Inventory inventory = new Inventory(storage, shard);
        for (String name : storage.list()) {
            inventory.sort(name);
        }
        return inventory;
    }

    private void sort(String name) throws IOException {
        OptionalLong journal = FileNames.number(FileNames.JOURNAL, name);
        OptionalLong checkpoint = FileNames.number(FileNames.CHECKPOINT, name);
        OptionalLong spare = FileNames.number(FileNames.SPARE, name);
        if (journal.isPresent()) {
            addSegment(name, journal.getAsLong());
        } else if (checkpoint.isPresent()) {
            checkpoints.put(checkpoint.getAsLong(), name);
        } else if (spare.isPresent()) {
            addSpare(name, spare.getAsLong());
        } else if (name.equals(Superblock.name(0)) || name.equals(Superblock.name(1))) {
            addSuperblock(name);
        } else if (name.equals(NewestSegment.name(0)) || name.equals(NewestSegment.name(1))) {
            addNewestSegment(name);
        } else if ((name.startsWith(FileNames.CHECKPOINT) && name.endsWith(FileNames.TEMPORARY))
                || FileNames.number(FileNames.SCRATCH, name).isPresent()) {
            leftovers.add(name);
        } else if (!name.startsWith(FileNames.LOST)) {
            strangers.add(name);
        }
    }

    private void addSegment(String name, long firstSequence) throws IOException {
        try (Storage.File file = storage.openExisting(name)) {
            FileHeader header = header(file, name);
            if (header == null) {
                throw new DamagedRecordException(name + " is damaged at 0: the file header is not valid");
            }
            if (header.shard() != shard) {
                throw new DamagedRecordException(
                        name + " belongs to shard " + header.shard() + ", and this is shard " + shard);
            }
            if (header.kind() != FileHeader.JOURNAL || header.base() != firstSequence) {
                strangers.add(name);
                return;
            }
            if (file.length() < header.bytes()) {
                throw new DamagedRecordException(
                        name + " is damaged at " + file.length() + ": it ends before " + header.bytes());
            }
            segments.put(firstSequence, header);
            generationMax = Math.max(generationMax, header.generation());
        }
    }

    private void addSpare(String name, long number) throws IOException {
        spares.put(number, name);
        try (Storage.File file = storage.openExisting(name)) {
            FileHeader header = header(file, name);
            if (header != null) {
                generationMax = Math.max(generationMax, header.generation());
            }
        }
    }

    private void addSuperblock(String name) throws IOException {
        superblockSeen = true;
        try (Storage.File file = storage.openExisting(name)) {
            Superblock superblock = Superblock.read(file, name, shard);
            superblocks[name.equals(Superblock.name(0)) ? 0 : 1] = superblock;
        }
    }

    private void addNewestSegment(String name) throws IOException {
        try (Storage.File file = storage.openExisting(name)) {
            newestSegment = NewestSegment.later(newestSegment, NewestSegment.read(file, name, shard));
        }
    }

    /**
     * Fails if the segment that was begun last is gone. One that was begun after it is as good, since each is the link
     * between those before and behind it.
     */
    void requireNewestSegment() {
        NewestSegment newest = newestSegment;
        if (newest != null && segments.values().stream().noneMatch(s -> s.generation() >= newest.generation())) {
            throw new DamagedRecordException(newest.segmentName() + " is missing, the newest file of the journal:"
                    + " what was in it was durable. Put it back; to go on without what was in it, delete "
                    + NewestSegment.name(0) + " and " + NewestSegment.name(1));
        }
    }

    /** The generation of the segment that the directory says was begun last; 0 if it says nothing. */
    long newestGeneration() {
        return newestSegment == null ? 0 : newestSegment.generation();
    }

    /** Whether a superblock names the checkpoint of this sequence. */
    boolean names(long sequence) {
        for (Superblock superblock : superblocks) {
            if (superblock != null && superblock.sequence() == sequence) {
                return true;
            }
        }
        return false;
    }

    static @Nullable FileHeader header(Storage.File file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return Stretches.read(file, 0, bytes) < FileHeader.BYTES ? null : FileHeader.decode(bytes.clear(), name);
    }
}
