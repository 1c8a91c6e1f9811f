package io.ferrymq.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A worker process that is measured: FerryMQ's in Java, or Celery's. Used by one thread. */
final class TaskWorker implements AutoCloseable {
    /** Does nothing. */
    static final String NOOP = "bench.noop";

    /** Holds a slot until a file exists: {@code gate(path)}. */
    static final String GATE = "bench.gate";

    /** Calls that run at a time: threads in Java, processes in Celery. */
    static final int CONCURRENCY = 2;

    private static final long STOP_SECONDS_MAX = 30;

    private final String label;
    private final String queue;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Path log;
    private @Nullable Process process;

    private TaskWorker(
            String label,
            String queue,
            List<String> command,
            Map<String, String> environment,
            Path directory,
            Path log) {
        this.label = label;
        this.queue = queue;
        this.command = command;
        this.environment = environment;
        this.directory = directory;
        this.log = log;
    }

    /** FerryMQ's, in a virtual machine as its user would start it. */
    static TaskWorker java(String uri, Path root, Path log) {
        String queue = "bench-java";
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = List.of(
                java,
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                NoOpWorker.class.getName(),
                uri,
                queue,
                Integer.toString(CONCURRENCY));
        return new TaskWorker("Java worker", queue, command, Map.of(), root, log);
    }

    /** Celery's, with its default pool and settings. */
    static TaskWorker celery(String uri, Path root, Path log) {
        String queue = "bench-celery";
        List<String> command = List.of(
                "/usr/bin/python3",
                "-m",
                "celery",
                "-A",
                "bench_tasks",
                "worker",
                "--concurrency",
                Integer.toString(CONCURRENCY),
                "--hostname",
                "bench@%h",
                "--loglevel",
                "warning");
        return new TaskWorker(
                "Celery worker", queue, command, celeryEnvironment(uri, queue), root.resolve("bench/celery"), log);
    }

    private static Map<String, String> celeryEnvironment(String uri, String queue) {
        return Map.of("AMQP_URL", uri, "BENCH_QUEUE", queue);
    }

    String label() {
        return label;
    }

    /** Where it takes calls from. */
    String queue() {
        return queue;
    }

    void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        process = builder.start();
    }

    /** Celery's own client, which makes calls one at a time to this worker and prints the microseconds of each. */
    List<Long> callsOfCelery(String uri, int count) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        "/usr/bin/python3", "bench_tasks.py", "calls", Integer.toString(count))
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(celeryEnvironment(uri, queue));
        Process client = builder.start();
        List<Long> micros;
        try (var output = client.inputReader()) {
            micros = output.lines().map(Long::valueOf).toList();
        }
        if (client.waitFor() != 0 || micros.size() != count) {
            throw new IOException("Celery's client failed, see " + log);
        }
        return micros;
    }

    /** What it and its children have used so far. */
    long cpuNanos() {
        Process running = process;
        if (running == null) {
            return 0;
        }
        return running.toHandle()
                        .descendants()
                        .mapToLong(child -> cpuNanos(child.pid()))
                        .sum()
                + cpuNanos(running.pid());
    }

    private static long cpuNanos(long pid) {
        return ProcessUsage.of(pid).map(ProcessUsage::cpuNanos).orElse(0L);
    }

    /** Memory of it and its children in RAM now. */
    long residentBytes() {
        Process running = process;
        if (running == null) {
            return 0;
        }
        return running.toHandle()
                        .descendants()
                        .mapToLong(child -> residentBytes(child.pid()))
                        .sum()
                + residentBytes(running.pid());
    }

    private static long residentBytes(long pid) {
        return ProcessUsage.of(pid).map(ProcessUsage::residentBytes).orElse(0L);
    }

    @Override
    public void close() {
        Process running = process;
        process = null;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                running.destroyForcibly();
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
