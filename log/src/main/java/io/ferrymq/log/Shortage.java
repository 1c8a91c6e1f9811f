package io.ferrymq.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Tells a disk that is full from one that fails. */
final class Shortage {
    private Shortage() {}

    /** The error itself, or, if the disk is full, one that says so in words that an operator can act on. */
    static IOException named(IOException error, Path path, long neededBytes) {
        if (error instanceof OutOfSpaceException) {
            return error;
        }
        long freeBytes = freeBytes(path);
        return saysFull(error) || freeBytes < neededBytes
                ? new OutOfSpaceException(path.toString(), neededBytes, Math.max(0, freeBytes), error)
                : error;
    }

    /** The words of the system, if it speaks English. If not, what is free tells. */
    private static boolean saysFull(IOException error) {
        String words = String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT);
        return words.contains("no space left") || words.contains("quota exceeded");
    }

    /** What is left on the disk of a path that may not exist yet: the first place above it that does is on the same one. */
    private static long freeBytes(Path path) {
        Path place = path.toAbsolutePath();
        while (place.getParent() != null && Files.notExists(place)) {
            place = place.getParent();
        }
        try {
            return Files.getFileStore(place).getUsableSpace();
        } catch (IOException e) {
            // A disk that cannot tell what is free is not taken for a full one.
            return Long.MAX_VALUE;
        }
    }
}
