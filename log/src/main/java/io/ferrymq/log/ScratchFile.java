package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A file for transient records that memory has no room for. Never forced; deleted when no record in it is needed. */
final class ScratchFile {
    private final Storage storage;
    private final String name;

    /** Lane only. */
    private long assignedBytes;

    /** Stretches that are in it or on their way; lane only. */
    private int stretches;

    /** Background thread only. */
    private Storage.@Nullable File file;

    ScratchFile(Storage storage, String name) {
        this.storage = storage;
        this.name = name;
    }

    /** Gives a stretch its place; returns the position. */
    long assign(int bytes) {
        long position = assignedBytes;
        assignedBytes += bytes;
        stretches++;
        return position;
    }

    /** A stretch is no longer needed; returns whether that was the last one. */
    boolean drop() {
        return --stretches == 0;
    }

    boolean unused() {
        return stretches == 0;
    }

    void write(long position, ByteBuffer[] parts) throws IOException {
        Storage.File target = file;
        if (target == null) {
            target = storage.open(name);
            file = target;
        }
        target.write(position, parts);
    }

    void delete() throws IOException {
        if (file != null) {
            file.close();
            file = null;
            storage.delete(name);
        }
    }

    String name() {
        return name;
    }

    long assignedBytes() {
        return assignedBytes;
    }
}
