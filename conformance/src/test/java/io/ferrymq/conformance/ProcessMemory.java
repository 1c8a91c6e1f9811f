package io.ferrymq.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a virtual machine takes, in bytes, as {@code jcmd} and the system tell.
 *
 * @param heapBytes objects on the heap, those among them that nobody refers to any more
 * @param outsideBytes pages in memory that are neither the heap's nor a file's: buffers, and the machine's own
 * @param residentBytes all pages in memory
 */
record ProcessMemory(long heapBytes, long outsideBytes, long residentBytes) {
    private static final Pattern GENERATION = Pattern.compile("\\btotal \\d+K, used (\\d+)K");
    private static final Pattern SPACE = Pattern.compile("\\[0x([0-9a-f]+), 0x[0-9a-f]+, 0x([0-9a-f]+)\\)");
    private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ \\S+ \\S+ \\S+ (\\d+) .*");
    private static final Pattern PAGES = Pattern.compile("Rss:\\s+(\\d+) kB");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static ProcessMemory of(long pid) {
        String heap = jcmd(pid, "GC.heap_info");
        return new ProcessMemory(
                kilobytes(GENERATION, heap),
                outside(heap, lines(pid, "smaps")),
                kilobytes(RESIDENT, lines(pid, "status")));
    }

    private static long outside(String heap, String mappings) {
        long from = Long.MAX_VALUE;
        long to = 0;
        for (Matcher space = SPACE.matcher(heap); space.find(); ) {
            from = Math.min(from, Long.parseUnsignedLong(space.group(1), 16));
            to = Math.max(to, Long.parseUnsignedLong(space.group(2), 16));
        }
        long bytes = 0;
        boolean counts = false;
        for (String line : mappings.split("\n", -1)) {
            Matcher mapping = MAPPING.matcher(line);
            Matcher pages = PAGES.matcher(line);
            if (mapping.matches()) {
                long start = Long.parseUnsignedLong(mapping.group(1), 16);
                boolean isHeap = start >= from && start < to;
                counts = !isHeap && mapping.group(2).equals("0");
            } else if (counts && pages.matches()) {
                bytes += Long.parseLong(pages.group(1)) << 10;
            }
        }
        return bytes;
    }

    /** The same after a collection: the heap is what is referred to. */
    static ProcessMemory collected(long pid) {
        jcmd(pid, "GC.run");
        return of(pid);
    }

    /** The larger of each. */
    ProcessMemory or(ProcessMemory other) {
        return new ProcessMemory(
                Math.max(heapBytes, other.heapBytes),
                Math.max(outsideBytes, other.outsideBytes),
                Math.max(residentBytes, other.residentBytes));
    }

    private static long kilobytes(Pattern pattern, String text) {
        long sum = 0;
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            sum += Long.parseLong(matcher.group(1)) << 10;
        }
        return sum;
    }

    private static String lines(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String jcmd(long pid, String... words) {
        String[] command = new String[words.length + 2];
        command[0] = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        command[1] = Long.toString(pid);
        System.arraycopy(words, 0, command, 2, words.length);
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return "heap %d MB, outside %d MB, resident %d MB"
                .formatted(heapBytes / 1_000_000, outsideBytes / 1_000_000, residentBytes / 1_000_000);
    }
}
