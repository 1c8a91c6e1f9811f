package io.ferrymq.bench;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Measured;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A CSV file with a line for each round, written as the rounds end, so that an interrupted run keeps what it has. */
final class RawResults {
    private static final String HEADER =
            "scenario,broker,round,sent_per_s,received_per_s,latency_p50_us,latency_p99_us,"
                    + "confirm_p50_us,confirm_p99_us,cpu_ns_per_message,resident_bytes,flushes_per_s,failure\n";

    private final Path file;

    RawResults(Path file) throws IOException {
        this.file = file;
        Files.writeString(file, HEADER);
    }

    void add(Scenario scenario, Contender broker, int number, Round round) throws IOException {
        String figures = switch (round) {
            case Measured measured ->
                String.format(
                        Locale.ROOT,
                        "%.0f,%.0f,%d,%d,%d,%d,%s,%s,%s,",
                        measured.sentPerSecond(),
                        measured.receivedPerSecond(),
                        measured.consumerLatency().medianMicros(),
                        measured.consumerLatency().p99Micros(),
                        measured.confirmLatency().medianMicros(),
                        measured.confirmLatency().p99Micros(),
                        show(measured.cpuNanosPerMessage()),
                        show(measured.residentBytes()),
                        show(measured.flushesPerSecond()));
            case Failed failed -> ",,,,,,,,,\"" + failed.reason().replace('"', '\'') + "\"";
        };
        Files.writeString(
                file,
                scenario.name() + ",\"" + broker.label() + "\"," + number + "," + figures + "\n",
                StandardOpenOption.APPEND);
    }

    private static String show(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.1f", value.getAsDouble()) : "";
    }

    private static String show(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "";
    }
}
