package io.ferrymq.log;

import java.io.IOException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left on the disk of a directory, in bytes. While the disk cannot tell, what it told last: whether it can be
 * written to shows when that is tried.
 *
 * <p>Thread contract: one thread.
 */
public final class FreeSpace implements LongSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);

    private final Storage directory;
    private long lastBytes = Long.MAX_VALUE;
    private boolean failing;

    public FreeSpace(Storage directory) {
        this.directory = directory;
    }

    @Override
    public long getAsLong() {
        try {
            lastBytes = directory.usableBytes();
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                LOG.warn("the free disk space cannot be told: {}", e.toString());
            }
        }
        return lastBytes;
    }
}
