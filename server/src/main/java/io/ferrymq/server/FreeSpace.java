package io.ferrymq.server;

import io.ferrymq.log.Storage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;

/** What is left on the disk of a directory, in bytes. A disk that cannot tell is a disk that fails. */
record FreeSpace(Storage directory) implements LongSupplier {
    @Override
    public long getAsLong() {
        try {
            return directory.usableBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
