package io.ferrymq.bench;

import io.ferrymq.bench.Round.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A line of the file that PerfTest's {@code --output-file} writes: one reporting interval.
 *
 * @param atSeconds the end of the interval, since the start of the load
 */
record IntervalRow(
        double atSeconds,
        double sentPerSecond,
        double receivedPerSecond,
        Latency consumerLatency,
        Latency confirmLatency) {
    /** Reads all rows; the header tells which column is which. */
    static List<IntervalRow> read(Path csv) throws IOException {
        List<String> lines = Files.exists(csv) ? Files.readAllLines(csv) : List.of();
        if (lines.isEmpty()) {
            return List.of();
        }
        List<String> header = Arrays.asList(lines.getFirst().split(",", -1));
        return lines.stream()
                .skip(1)
                .map(line -> line.split(",", -1))
                .map(fields -> parse(header, fields))
                .toList();
    }

    private static IntervalRow parse(List<String> header, String[] fields) {
        return new IntervalRow(
                number(header, fields, "time (s)"),
                number(header, fields, "published (msg/s)"),
                number(header, fields, "received (msg/s)"),
                latency(header, fields, "consumer"),
                latency(header, fields, "confirm"));
    }

    private static Latency latency(List<String> header, String[] fields, String kind) {
        return new Latency(
                Math.round(number(header, fields, "median " + kind + " latency (µs)")),
                Math.round(number(header, fields, "99th p. " + kind + " latency (µs)")));
    }

    private static double number(List<String> header, String[] fields, String column) {
        int index = header.indexOf(column);
        if (index < 0) {
            throw new IllegalStateException("PerfTest's output has no column '" + column + "': " + header);
        }
        return index >= fields.length || fields[index].isEmpty() ? 0 : Double.parseDouble(fields[index]);
    }
}
