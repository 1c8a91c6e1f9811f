package io.ferrymq.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker that the benchmark starts as a user would, from a command that prints a {@link ReadyLine}, with an empty data
 * directory that is deleted at the end.
 */
final class StartedBroker implements Contender {
    /** Long, because the first start of a fresh clone builds the project. */
    private static final long READY_SECONDS_MAX = 900;

    private static final long STOP_SECONDS_MAX = 60;

    private final String where;
    private final List<String> command;
    private final Path workDirectory;
    private final Path dataDirectory;
    private final Path log;
    private @Nullable Process process;
    private @Nullable ReadyLine ready;
    private OptionalLong pid = OptionalLong.empty();
    private int starts;

    /**
     * @param where added to the name that it says of itself, to tell two of that name apart; may be empty
     * @param command without its last argument, which is the data directory
     * @param log takes the broker's own error output
     */
    StartedBroker(String where, List<String> command, Path workDirectory, Path dataDirectory, Path log) {
        this.where = where;
        this.command = command;
        this.workDirectory = workDirectory;
        this.dataDirectory = dataDirectory;
        this.log = log;
    }

    @Override
    public String label() {
        return ready == null ? command.getFirst() : ready.label() + where;
    }

    @Override
    public String uri() {
        return "amqp://guest:guest@127.0.0.1:" + started().port();
    }

    private ReadyLine started() {
        if (ready == null) {
            throw new IllegalStateException("not started: " + command);
        }
        return ready;
    }

    @Override
    public OptionalLong pid() {
        return pid;
    }

    @Override
    public Path dataDirectory() {
        return dataDirectory;
    }

    @Override
    public int restarts() {
        return Math.max(0, starts - 1);
    }

    @Override
    public void ensureRunning() throws IOException, InterruptedException {
        boolean brokerLives =
                pid.isPresent() && ProcessUsage.of(pid.getAsLong()).isPresent();
        if (brokerLives && process != null && process.isAlive()) {
            return;
        }
        close();
        start();
    }

    private void start() throws IOException, InterruptedException {
        Files.createDirectories(dataDirectory);
        starts++;
        Process started = new ProcessBuilder(Stream.concat(command.stream(), Stream.of(dataDirectory.toString()))
                        .toList())
                .directory(workDirectory.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        process = started;
        BufferedReader output =
                new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
        CompletableFuture.delayedExecutor(READY_SECONDS_MAX, TimeUnit.SECONDS).execute(() -> {
            if (pid.isEmpty()) {
                started.destroy();
            }
        });
        ReadyLine line = readyLine(output)
                .orElseThrow(() -> new IOException(String.join(" ", command) + " did not become ready, see " + log));
        ready = line;
        pid = line.pid().isPresent() ? line.pid() : ListeningProcess.onPort(line.port());
        Thread.ofVirtual().start(() -> output.lines().forEach(ignored -> {})); // A full pipe would stop the broker.
    }

    private static Optional<ReadyLine> readyLine(BufferedReader output) throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Optional<ReadyLine> ready = ReadyLine.parse(line);
            if (ready.isPresent()) {
                return ready;
            }
        }
        return Optional.empty();
    }

    /** Stops the broker as an operator would, and deletes its data. */
    @Override
    public void close() throws IOException {
        Process running = process;
        process = null;
        pid = OptionalLong.empty();
        if (running != null) {
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
        if (Files.exists(dataDirectory)) {
            try (Stream<Path> files = Files.walk(dataDirectory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
