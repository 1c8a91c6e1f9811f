package io.ferrymq.bench;

import io.ferrymq.tasks.Tasks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures workers beside Celery's, and queues inside a process beside others, round by round in turn. */
@Command(
        name = "tasks",
        mixinStandardHelpOptions = true,
        description = "Measures a Java worker beside a Celery worker on one broker, and queues inside a process.")
@SuppressWarnings("NullAway.Init") // picocli sets the fields.
final class TasksBench implements Callable<Integer> {
    private static final int CALLS_PER_SECOND = 500;
    private static final int DURABLE_SHARE = 20;

    /** What is measured. */
    enum Part {
        RATE,
        LATENCY,
        QUEUE
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--only",
            paramLabel = "BROKER",
            defaultValue = "ferrymq",
            description = "ferrymq, rabbitmq or a URI.")
    private String only;

    @Option(names = "--part", paramLabel = "PART", description = "rate, latency or queue; may be repeated.")
    private @Nullable List<Part> parts;

    @Option(names = "--rounds", defaultValue = "3", description = "Counted rounds of each; one more warms up.")
    private int rounds;

    @Option(names = "--tasks", defaultValue = "20000", description = "In the queue when the clock starts.")
    private int tasksInQueue;

    @Option(names = "--calls", defaultValue = "2000", description = "In a round of latencies.")
    private int calls;

    @Option(names = "--messages", defaultValue = "1000000", description = "In a round of a queue in memory.")
    private int messages;

    @Option(names = "--quick", description = "One small round: shows that it works, measures nothing.")
    private boolean quick;

    private Path output;

    @Override
    public Integer call() throws Exception {
        if (quick) {
            rounds = 1;
            tasksInQueue = 500;
            calls = 100;
            messages = 20_000;
        }
        ZonedDateTime now = ZonedDateTime.now(ZoneId.systemDefault());
        Path root = Path.of(System.getProperty("bench.root", ".")).toAbsolutePath();
        output = root.resolve("bench/target/results")
                .resolve(now.format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT)));
        Files.createDirectories(output);
        List<Part> wanted = parts == null ? List.of(Part.values()) : parts;
        List<String> report = new ArrayList<>(List.of(Machine.describe(now), ""));
        if (wanted.contains(Part.RATE) || wanted.contains(Part.LATENCY)) {
            try (Contender broker = Brokers.of(only, root, output)) {
                broker.ensureRunning();
                report.addAll(workers(broker, root, wanted));
            }
        }
        if (wanted.contains(Part.QUEUE)) {
            report.addAll(queues());
        }
        String markdown = String.join("\n", report);
        Files.writeString(output.resolve("report.md"), markdown);
        spec.commandLine().getOut().println(markdown);
        spec.commandLine().getOut().println("Raw figures: " + output);
        return 0;
    }

    // ---- workers ----

    private List<String> workers(Contender broker, Path root, List<Part> wanted) throws Exception {
        List<String> report = new ArrayList<>();
        try (Tasks tasks = Tasks.open(broker.uri());
                TaskWorker java = TaskWorker.java(broker.uri(), root, output.resolve("java.log"));
                TaskWorker celery = TaskWorker.celery(broker.uri(), root, output.resolve("celery.log"))) {
            TaskRounds measure = new TaskRounds(tasks);
            List<TaskWorker> both = List.of(java, celery);
            for (TaskWorker worker : both) {
                worker.start();
                measure.awaitReady(worker);
            }
            if (wanted.contains(Part.RATE)) {
                report.addAll(rates(broker, measure, both));
            }
            if (wanted.contains(Part.LATENCY)) {
                report.addAll(latencies(broker, measure, both, celery));
            }
        }
        return report;
    }

    private List<String> rates(Contender broker, TaskRounds measure, List<TaskWorker> workers) throws Exception {
        Map<String, List<TaskRounds.Drained>> figures = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (TaskWorker worker : workers) {
                TaskRounds.Drained drained = measure.drain(worker, tasksInQueue, output);
                progress(String.format(
                        Locale.ROOT,
                        "%-8s round %d  %-14s %,.0f tasks/s",
                        "rate",
                        round,
                        worker.label(),
                        drained.perSecond()));
                if (round > 0) {
                    figures.computeIfAbsent(worker.label(), label -> new ArrayList<>())
                            .add(drained);
                }
            }
        }
        List<String> table = new ArrayList<>(List.of(
                String.format(Locale.ROOT, "### %,d no-op tasks in a queue, on %s", tasksInQueue, broker.label()),
                "",
                "| | tasks/s | worker's CPU per task | worker's memory |",
                "|---|---|---|---|"));
        figures.forEach((label, all) -> table.add(String.format(
                Locale.ROOT,
                "| %s | %,.0f | %.0f µs | %.0f MB |",
                label,
                median(all, TaskRounds.Drained::perSecond),
                median(all, TaskRounds.Drained::workerCpuMicros),
                median(all, TaskRounds.Drained::workerMegabytes))));
        table.add("");
        return table;
    }

    private List<String> latencies(Contender broker, TaskRounds measure, List<TaskWorker> workers, TaskWorker celery)
            throws Exception {
        Map<String, List<Histogram>> figures = new LinkedHashMap<>();
        for (int round = 0; round <= rounds; round++) {
            for (TaskWorker worker : workers) {
                add(figures, round, "one at a time, Java client, " + worker.label(), measure.oneAtATime(worker, calls));
                add(
                        figures,
                        round,
                        CALLS_PER_SECOND + " a second, Java client, " + worker.label(),
                        measure.atRate(worker, CALLS_PER_SECOND, calls));
            }
            Histogram ofCelery = new Histogram(3);
            celery.callsOfCelery(broker.uri(), calls).forEach(ofCelery::recordValue);
            add(figures, round, "one at a time, Celery client, " + celery.label(), ofCelery);
        }
        List<String> table = new ArrayList<>(List.of(
                "### From the call to the result, on " + broker.label(), "", "| | p50 | p99 |", "|---|---|---|"));
        figures.forEach((label, all) -> table.add(String.format(
                Locale.ROOT,
                "| %s | %.2f ms | %.2f ms |",
                label,
                median(all, round -> round.getValueAtPercentile(50) / 1e3),
                median(all, round -> round.getValueAtPercentile(99) / 1e3))));
        table.add("");
        return table;
    }

    private void add(Map<String, List<Histogram>> figures, int round, String label, Histogram micros) {
        progress(String.format(
                Locale.ROOT,
                "%-8s round %d  %-42s p50 %.2f ms, p99 %.2f ms",
                "latency",
                round,
                label,
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3));
        if (round > 0) {
            figures.computeIfAbsent(label, any -> new ArrayList<>()).add(micros);
        }
    }

    // ---- queues inside the process ----

    private List<String> queues() throws Exception {
        Map<QueueRace, List<Double>> nanos = new EnumMap<>(QueueRace.class);
        for (int round = 0; round <= rounds; round++) {
            for (QueueRace queue : QueueRace.values()) {
                int count = queue.isDurable() ? messages / DURABLE_SHARE : messages;
                Path directory = Files.createTempDirectory(output, "queue");
                long began = System.nanoTime();
                queue.race(count, directory);
                double each = (double) (System.nanoTime() - began) / count;
                delete(directory);
                progress(String.format(
                        Locale.ROOT, "%-8s round %d  %-42s %,.0f ns a message", "queue", round, queue.label(), each));
                if (round > 0) {
                    nanos.computeIfAbsent(queue, any -> new ArrayList<>()).add(each);
                }
            }
        }
        List<String> table = new ArrayList<>(List.of(
                "### One producer and one consumer in a process, 100 bytes",
                "",
                "| | put, taken and acknowledged | messages/s |",
                "|---|---|---|"));
        nanos.forEach((queue, all) -> {
            double each = median(all, value -> value);
            table.add(String.format(Locale.ROOT, "| %s | %.2f µs | %,.0f |", queue.label(), each / 1e3, 1e9 / each));
        });
        table.add("");
        return table;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    // ---- figures ----

    private static <T> double median(List<T> rounds, ToDoubleFunction<T> figure) {
        double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private void progress(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }
}
