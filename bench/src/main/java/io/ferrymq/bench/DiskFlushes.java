package io.ferrymq.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * How often the block device under a directory was asked to flush, from {@code /proc/diskstats}.
 *
 * <p>It counts the whole device, whoever caused the flush, so it means something on a quiet machine only.
 */
final class DiskFlushes {
    /** "Flush requests completed successfully" in the kernel's iostats document; the name is field 3. */
    private static final int FLUSHES = 19;

    private final int major;
    private final int minor;

    private DiskFlushes(int major, int minor) {
        this.major = major;
        this.minor = minor;
    }

    static DiskFlushes under(Path directory) throws IOException {
        long device = ((Number) Files.getAttribute(directory, "unix:dev")).longValue();
        // Linux's encoding of a device number, as gnu_dev_major and gnu_dev_minor take it apart.
        return new DiskFlushes((int) (((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL)), (int)
                ((device & 0xff) | ((device >>> 12) & ~0xffL)));
    }

    /** Flushes since the machine was started; empty where the kernel does not say, as for a file system in memory. */
    OptionalLong count() throws IOException {
        Path statistics = Path.of("/proc/diskstats");
        if (!Files.isReadable(statistics)) {
            return OptionalLong.empty();
        }
        return Files.readString(statistics)
                .lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(fields -> fields.length >= FLUSHES
                        && fields[0].equals(Integer.toString(major))
                        && fields[1].equals(Integer.toString(minor)))
                .mapToLong(fields -> Long.parseLong(fields[FLUSHES - 1]))
                .findFirst();
    }
}
