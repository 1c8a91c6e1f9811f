package io.ferrymq.bench;

import io.ferrymq.bench.Round.Failed;
import io.ferrymq.bench.Round.Measured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs RabbitMQ's PerfTest for one round.
 *
 * <p>A round is two of PerfTest's reporting intervals. The first warms up the broker, the connections and PerfTest's own
 * JVM and is not counted. The second is the round: rates and percentiles are what PerfTest itself reports for it, and
 * the broker's CPU time is read from the kernel at the moments when PerfTest prints the line that ends each interval.
 */
final class PerfTest {
    private static final Pattern INTERVAL_END = Pattern.compile(".*, time ([0-9.]+) s, .*");
    private static final long START_AND_STOP_SECONDS_MAX = 90;

    private final List<String> java;
    private final int seconds;

    /**
     * @param java the command up to PerfTest's options
     * @param seconds length of an interval
     */
    PerfTest(List<String> java, int seconds) {
        this.java = java;
        this.seconds = seconds;
    }

    /** The command line that starts PerfTest with the same fixed heap every time. */
    static List<String> command(Path root, String heap) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+UseParallelGC",
                "-Duser.language=en",
                "-cp",
                root.resolve("bench/target/perf-test") + "/*",
                "com.rabbitmq.perf.PerfTest");
    }

    /** Runs a round against a broker that is running. {@code output} is the stem of the files that keep the output. */
    Round run(Scenario scenario, Contender broker, Path output) throws IOException, InterruptedException {
        Path csv = Path.of(output + ".csv");
        Process process = new ProcessBuilder(commandLine(scenario, broker, csv))
                .redirectErrorStream(true)
                .start();
        CompletableFuture.delayedExecutor(2L * seconds + START_AND_STOP_SECONDS_MAX, TimeUnit.SECONDS)
                .execute(process::destroyForcibly);
        List<String> lines = new ArrayList<>();
        List<Sample> samples = new ArrayList<>();
        try (BufferedReader reader = process.inputReader()) {
            reader.lines().forEach(line -> {
                intervalEnd(line).ifPresent(at -> samples.add(Sample.take(at, broker)));
                lines.add(line);
            });
        } catch (UncheckedIOException e) {
            lines.add("output ended: " + e.getMessage());
        }
        int exitCode = process.waitFor();
        Files.write(Path.of(output + ".log"), lines);
        if (broker.pid().isPresent()
                && ProcessUsage.of(broker.pid().getAsLong()).isEmpty()) {
            return new Failed("the broker's process ended");
        }
        return exitCode == 0
                ? measured(csv, samples)
                : new Failed("PerfTest ended with exit code " + exitCode + ": " + complaint(lines));
    }

    private List<String> commandLine(Scenario scenario, Contender broker, Path csv) {
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-h", broker.uri(), "-dcr", "-o", csv.toString()));
        command.addAll(List.of("-i", Integer.toString(seconds), "-z", Integer.toString(2 * seconds + 1)));
        String uniqueName = "bench-" + scenario.name() + "-" + Long.toHexString(System.nanoTime());
        command.addAll(scenario.optionsFor(uniqueName));
        return command;
    }

    private Round measured(Path csv, List<Sample> samples) throws IOException {
        Optional<Sample> before = sampleNear(samples, seconds);
        Optional<Sample> after = sampleNear(samples, 2 * seconds);
        Optional<IntervalRow> row = IntervalRow.read(csv).stream()
                .filter(candidate -> isNear(candidate.atSeconds(), 2 * seconds))
                .findFirst();
        if (before.isEmpty() || after.isEmpty() || row.isEmpty()) {
            return new Failed("PerfTest reported nothing for the counted interval");
        }
        if (row.get().receivedPerSecond() == 0) {
            return new Failed("no message was received in the counted interval");
        }
        return measured(row.get(), before.get(), after.get());
    }

    private static Round measured(IntervalRow row, Sample before, Sample after) {
        boolean known = before.usage().isPresent() && after.usage().isPresent();
        double elapsed = (after.nanoTime() - before.nanoTime()) / 1e9;
        OptionalDouble cpu = OptionalDouble.empty();
        if (known) {
            double cpuNanos =
                    after.usage().get().cpuNanos() - before.usage().get().cpuNanos();
            cpu = OptionalDouble.of(cpuNanos / elapsed / row.receivedPerSecond());
        }
        OptionalDouble flushes = OptionalDouble.empty();
        if (before.flushes().isPresent() && after.flushes().isPresent()) {
            flushes = OptionalDouble.of(
                    (after.flushes().getAsLong() - before.flushes().getAsLong()) / elapsed);
        }
        OptionalLong resident =
                after.usage().isPresent() ? OptionalLong.of(after.usage().get().residentBytes()) : OptionalLong.empty();
        return new Measured(
                row.sentPerSecond(),
                row.receivedPerSecond(),
                row.consumerLatency(),
                row.confirmLatency(),
                cpu,
                resident,
                flushes);
    }

    private static OptionalDouble intervalEnd(String line) {
        Matcher matcher = INTERVAL_END.matcher(line);
        return matcher.matches() ? OptionalDouble.of(Double.parseDouble(matcher.group(1))) : OptionalDouble.empty();
    }

    private Optional<Sample> sampleNear(List<Sample> samples, double atSeconds) {
        return samples.stream()
                .filter(sample -> isNear(sample.atSeconds(), atSeconds))
                .findFirst();
    }

    private boolean isNear(double measured, double wanted) {
        return Math.abs(measured - wanted) < seconds / 2.0;
    }

    private static String complaint(List<String> lines) {
        return lines.stream()
                .filter(line -> {
                    String lower = line.toLowerCase(Locale.ROOT);
                    return lower.contains("exception") || lower.contains("error");
                })
                .findFirst()
                .orElse(lines.isEmpty() ? "no output" : lines.getLast());
    }

    /** What was read at the end of an interval. */
    private record Sample(double atSeconds, long nanoTime, Optional<ProcessUsage> usage, OptionalLong flushes) {
        static Sample take(double atSeconds, Contender broker) {
            Optional<ProcessUsage> usage =
                    broker.pid().isPresent() ? ProcessUsage.of(broker.pid().getAsLong()) : Optional.empty();
            try {
                OptionalLong flushes = DiskFlushes.under(broker.dataDirectory()).count();
                return new Sample(atSeconds, System.nanoTime(), usage, flushes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
