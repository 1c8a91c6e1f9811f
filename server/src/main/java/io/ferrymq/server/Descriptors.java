package io.ferrymq.server;

import com.sun.management.UnixOperatingSystemMXBean;
import io.ferrymq.server.settings.Keys;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many files and sockets the process may have open at once, and how many of them are kept back for the broker's own
 * files: connections never take the descriptor that the next journal file or checkpoint needs.
 *
 * <p>Thread contract: the thread that starts the server.
 *
 * @param max the limit of the process
 * @param open what is open already
 */
record Descriptors(long max, long open) {
    /**
     * For files: 64 that are open for reading, the journal, a checkpoint, a scratch file, listeners; and as many again for
     * what the virtual machine opens.
     */
    static final int RESERVE = 128;

    private static final Logger LOG = LoggerFactory.getLogger(Descriptors.class);
    private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

    /** Of this process, now; without a limit if the system does not tell. */
    static Descriptors ofProcess() {
        try {
            Matcher limit = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
            String[] open = new File("/proc/self/fd").list();
            if (limit.find() && open != null) {
                return new Descriptors(Long.parseLong(limit.group(1)), open.length);
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("no limits in /proc", e);
        }
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? new Descriptors(system.getMaxFileDescriptorCount(), system.getOpenFileDescriptorCount())
                : new Descriptors(Long.MAX_VALUE, 0);
    }

    /**
     * How many connections there may be: as many as wanted, or as the limit leaves.
     *
     * @throws OperatorException if it leaves none
     */
    int connections(int wanted) throws OperatorException {
        long possible = max - open - RESERVE;
        if (possible < 1) {
            throw new OperatorException("the process may open only " + max + " files and sockets, and needs "
                    + (open + RESERVE + 1) + " to serve one connection; raise the limit (ulimit -n, LimitNOFILE)");
        }
        if (possible >= wanted) {
            return wanted;
        }
        LOG.warn(
                "{} is {}, but the process may open only {} files and sockets: no more than {} connections are taken;"
                        + " raise the limit (ulimit -n, LimitNOFILE) to {}",
                Keys.LIMITS_CONNECTIONS.name(),
                wanted,
                max,
                possible,
                wanted + open + RESERVE);
        return (int) possible;
    }
}
