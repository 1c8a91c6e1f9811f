package io.ferrymq.log;

import io.ferrymq.log.JournalReplay.TornTail;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What recovery changes in the directory when it has understood it: cuts a torn tail, deletes what was temporary, sets
 * aside what does not belong. Each step may be repeated after a crash.
 */
final class Tidying {
    private static final Logger LOG = LoggerFactory.getLogger(Tidying.class);

    private final Storage storage;
    private final Inventory inventory;
    private final SpareSegments spares;
    private boolean changed;

    Tidying(Storage storage, Inventory inventory, SpareSegments spares) {
        this.storage = storage;
        this.inventory = inventory;
        this.spares = spares;
    }

    void tidy(@Nullable TornTail tornTail, CheckpointState checkpoints, SegmentTable segments) throws IOException {
        for (String name : inventory.leftovers) {
            delete(name);
        }
        if (tornTail != null) {
            cut(tornTail);
        }
        for (String name : inventory.strangers) {
            setAside(name);
        }
        for (Map.Entry<Long, String> checkpoint : inventory.checkpoints.entrySet()) {
            long sequence = checkpoint.getKey();
            if (sequence != checkpoints.sequence() && sequence != checkpoints.previousSequence()) {
                tidyCheckpoint(sequence, checkpoint.getValue());
            }
        }
        for (long first : inventory.segments.keySet()) {
            if (segments.find(first) == null) {
                setAside(FileNames.numbered(FileNames.JOURNAL, first));
            }
        }
        keepSpares();
        if (changed) {
            storage.forceDirectory();
        }
    }

    /** One that never became current, or that was superseded, goes; one that was meant to be current was damaged. */
    private void tidyCheckpoint(long sequence, String name) throws IOException {
        boolean whole;
        try (Storage.File file = storage.openExisting(name)) {
            whole = Inventory.header(file, name) != null;
        }
        if (whole && !inventory.names(sequence)) {
            delete(name);
        } else {
            setAside(name);
        }
    }

    /**
     * Zeros, so that batches of the lost run can never follow a new one by chance. Where there are zeros nothing is written: a
     * part of the file that has no blocks yet would need room, and the disk may have none.
     */
    private void cut(TornTail tail) throws IOException {
        try (Storage.File file = storage.openExisting(tail.file())) {
            Stretches.clear(file, tail.position(), tail.fileBytes());
            file.force();
        }
    }

    private void keepSpares() throws IOException {
        for (Map.Entry<Long, String> spare : inventory.spares.entrySet()) {
            spares.numbersUsed(spare.getKey());
            boolean whole;
            try (Storage.File file = storage.openExisting(spare.getValue())) {
                whole = spares.hasSegmentLength(file);
            }
            if (whole && !spares.full()) {
                spares.found(spare.getValue());
            } else {
                delete(spare.getValue());
            }
        }
    }

    private void delete(String name) throws IOException {
        storage.delete(name);
        changed = true;
    }

    private void setAside(String name) throws IOException {
        LOG.warn("{} does not belong to this log; it is kept as {}{}", name, FileNames.LOST, name);
        storage.rename(name, FileNames.LOST + name);
        changed = true;
    }
}
