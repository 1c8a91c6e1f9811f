package io.ferrymq.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process has used so far, by the kernel's own accounting in {@code /proc}.
 *
 * @param cpuNanos user and system time of the process and of its children that have ended
 * @param residentBytes memory in RAM now
 * @param residentPeakBytes most memory in RAM so far
 */
record ProcessUsage(long cpuNanos, long residentBytes, long residentPeakBytes) {
    /** The unit of times in {@code /proc/<pid>/stat}: Linux shows 100 to every program on every architecture in use. */
    private static final long NANOS_PER_TICK = 10_000_000;

    /** Field numbers of {@code /proc/<pid>/stat}, as proc(5) counts them, from 1. */
    private static final int UTIME = 14;

    private static final int CSTIME = 17;

    /** Empty if there is no such process, or no {@code /proc}. */
    static Optional<ProcessUsage> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String status = Files.readString(Path.of("/proc/" + pid + "/status"));
            return parse(stat, status);
        } catch (IOException e) {
            return Optional.empty(); // The process has ended, and the round that asks reports that.
        }
    }

    static Optional<ProcessUsage> parse(String stat, String status) {
        // The second field is the program's name in parentheses and may hold spaces, so count from its end.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        if (fields[0].equals("Z")) {
            return Optional.empty();
        }
        long ticks = 0;
        for (int field = UTIME; field <= CSTIME; field++) {
            ticks += Long.parseLong(fields[field - 3]);
        }
        return Optional.of(new ProcessUsage(
                ticks * NANOS_PER_TICK, kilobytes(status, "VmRSS:") << 10, kilobytes(status, "VmHWM:") << 10));
    }

    private static long kilobytes(String status, String key) {
        return status.lines()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }
}
