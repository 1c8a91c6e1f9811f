package io.ferrymq.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A stretch of transient records on its way into its place in a scratch file. Written in the background, else the lane's. */
final class Spill {
    private final Stretch stretch;
    private final ScratchFile file;
    private final long position;

    /** Set by the background thread, read by the lane when the job has ended. */
    private @Nullable OutOfSpaceException roomMissed;

    Spill(Stretch stretch, ScratchFile file, long position) {
        this.stretch = stretch;
        this.file = file;
        this.position = position;
    }

    Stretch stretch() {
        return stretch;
    }

    /** Background: writes it. May be called again if the disk had no room. */
    void write() throws IOException {
        roomMissed = null;
        try {
            file.write(position, sealed(stretch.chunk()));
        } catch (OutOfSpaceException e) {
            roomMissed = e;
        }
    }

    private static ByteBuffer[] sealed(Chunk chunk) {
        ByteBuffer bytes = chunk.writableBytes();
        ByteBuffer[] body = chunk.bodyParts();
        Checksum checksum = new Checksum();
        RecordSeal.seal(bytes, 0, chunk.firstSequence(), ChecksummedTail.of(body, checksum), checksum);
        ByteBuffer[] parts = new ByteBuffer[1 + body.length];
        parts[0] = bytes;
        System.arraycopy(body, 0, parts, 1, body.length);
        return parts;
    }

    /** What room there was not, null if it was written. */
    @Nullable OutOfSpaceException roomMissed() {
        return roomMissed;
    }

    /** Where it is found from now on. */
    StoredRun run() {
        Chunk chunk = stretch.chunk();
        StoredRun run = new StoredRun(file.name(), chunk.firstSequence(), position, position + chunk.bytes());
        chunk.index(run.index(), position);
        return run;
    }
}
