package io.ferrymq.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker in a process of its own, on a free port and a data directory of its own, that can be stopped, killed and
 * started again on the same port and data.
 *
 * <p>Used by one thread. Starts {@code ./ferry start}, or what {@code -Dbroker.command} says, a command line in which
 * <code>{port}</code> and <code>{data}</code> are replaced and which prints a line with {@code amqp=HOST:PORT} when it
 * is ready.
 */
final class BrokerProcess implements AutoCloseable {
    private static final String COMMAND = System.getProperty(
            "broker.command", "./ferry start --set amqp.host=127.0.0.1 --set amqp.port={port} --data {data}");
    private static final Pattern READY = Pattern.compile(".* amqp=\\S*:\\d+\\b(?: amqps=\\S*:(\\d+)\\b)?.*");

    /** Most of these brokers live for seconds, too short for the second compiler to earn what it costs. */
    private static final String FOR_A_SHORT_LIFE = "-XX:TieredStopAtLevel=1";

    /** Long, because the first start of a fresh clone builds the project. */
    private static final long READY_SECONDS_MAX = 900;

    private static final long STOP_SECONDS_MAX = 60;
    private static final String DATA = "data";
    private static final long KILL_SECONDS_MAX = 5;

    private final Path directory;
    private final List<String> settings;
    /** What runs the command line, such as a program that enters a name space; empty for nobody. */
    private final List<String> runner;

    /** Nobody else gets this port while the broker is gone. */
    private final Socket reserved = new Socket();

    private final int port;
    private volatile int tlsPort;
    private @Nullable Process process;

    private BrokerProcess(Path directory, List<String> settings, List<String> runner) {
        this.directory = directory;
        this.settings = settings;
        this.runner = runner;
        try {
            // Bound and not listening, it lets a broker listen there, and the system gives the port to no one else.
            reserved.setReuseAddress(true);
            reserved.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.port = reserved.getLocalPort();
    }

    /**
     * Starts a broker with an empty store.
     *
     * @param settings each {@code key=value}, handed to FerryMQ with {@code --set}
     */
    static BrokerProcess started(String... settings) {
        return started(new BrokerProcess(newDirectory(), List.of(settings), List.of()));
    }

    /** Starts a broker whose store is on a disk of its own; closing the broker leaves the disk. */
    static BrokerProcess startedOn(SmallDisk disk, String... settings) {
        return started(new BrokerProcess(disk.mountPoint().getParent(), List.of(settings), disk.entering()));
    }

    /** The same with so many descriptors at most. */
    static BrokerProcess startedWith(int descriptors, String... settings) {
        List<String> shell = List.of("bash", "-c", "ulimit -n " + descriptors + "; exec \"$@\"", "bash");
        return started(new BrokerProcess(newDirectory(), List.of(settings), shell));
    }

    private static BrokerProcess started(BrokerProcess broker) {
        // Nothing that a test starts may outlive it.
        Runtime.getRuntime().addShutdownHook(new Thread(broker::kill));
        broker.startAgain();
        return broker;
    }

    /** A directory for one broker. */
    static Path newDirectory() {
        try {
            return Files.createTempDirectory(
                    Files.createDirectories(Path.of("target/brokers").toAbsolutePath()), "broker-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where clients connect, as the guest user. */
    String uri() {
        return "amqp://guest:guest@127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** Where clients connect with TLS; 0 if they cannot. */
    int tlsPort() {
        return tlsPort;
    }

    Path data() {
        return directory.resolve(DATA);
    }

    /** What it has written to standard error in all its runs. */
    String errorLines() throws IOException {
        return Files.readString(errors());
    }

    private Path errors() {
        return directory.resolve("stderr.log");
    }

    /** The process's number; it has to run. */
    long pid() {
        return Objects.requireNonNull(process).pid();
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Starts the broker again after {@link #stop} or {@link #kill}. */
    void startAgain() {
        try {
            ProcessBuilder builder = new ProcessBuilder(commandLine())
                    .directory(repository().toFile())
                    .redirectError(ProcessBuilder.Redirect.appendTo(errors().toFile()));
            builder.environment().putIfAbsent("FERRY_JAVA_OPTS", FOR_A_SHORT_LIFE);
            Process started = builder.start();
            process = started;
            awaitReady(started);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> commandLine() {
        List<String> command = new ArrayList<>(runner);
        for (String word : COMMAND.replaceFirst("^\\./", repository() + "/").split(" ", -1)) {
            command.add(word.replace("{port}", Integer.toString(port)).replace("{data}", data().toString()));
        }
        for (String setting : settings) {
            command.addAll(List.of("--set", setting));
        }
        return command;
    }

    /** The directory that holds {@code ./ferry}: the parent of this module. */
    static Path repository() {
        return Path.of(System.getProperty("basedir", "."), "..")
                .toAbsolutePath()
                .normalize();
    }

    private void awaitReady(Process started) throws IOException {
        BufferedReader output = started.inputReader();
        CompletableFuture<Boolean> ready = new CompletableFuture<>();
        // The thread also keeps the pipe from filling up, which would stop the broker.
        Thread.ofVirtual().start(() -> {
            output.lines().forEach(line -> {
                Matcher matcher = READY.matcher(line);
                if (matcher.matches()) {
                    tlsPort = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
                    ready.complete(true);
                }
            });
            ready.complete(false);
        });
        if (!ready.completeOnTimeout(false, READY_SECONDS_MAX, TimeUnit.SECONDS).join()) {
            killTree(started);
            throw new IOException(
                    "no ready line from " + commandLine() + "; its error output:\n" + Files.readString(errors()));
        }
    }

    /** Stops the broker in order, as SIGTERM does, and returns its exit code. */
    int stop() {
        return stopWithin(STOP_SECONDS_MAX);
    }

    /** The same, and fails if it takes longer. */
    int stopWithin(long seconds) {
        Process running = process;
        if (running == null) {
            return 0;
        }
        process = null;
        running.destroy();
        try {
            if (!running.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker did not stop within " + seconds + " seconds");
            }
            return running.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker stops", e);
        } finally {
            killTree(running);
        }
    }

    /** Waits until the broker has ended by itself, and returns its exit code. */
    int awaitEnd() {
        Process running = Objects.requireNonNull(process);
        process = null;
        try {
            if (!running.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker did not end within " + STOP_SECONDS_MAX + " seconds");
            }
            return running.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker ends", e);
        } finally {
            killTree(running);
        }
    }

    /** Kills the broker, as SIGKILL does, with whatever it has started. */
    void kill() {
        Process running = process;
        if (running != null) {
            process = null;
            killTree(running);
        }
    }

    private static void killTree(Process process) {
        // The list is taken before the first is killed, because orphans are no one's descendants.
        List<ProcessHandle> family = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        family.forEach(ProcessHandle::destroyForcibly);
        // An orphan that no one reaps never counts as ended, hence the limit.
        family.forEach(member -> member.onExit()
                .completeOnTimeout(member, KILL_SECONDS_MAX, TimeUnit.SECONDS)
                .join());
    }

    /** Stops the broker and deletes its data. */
    @Override
    public void close() {
        stop();
        try {
            reserved.close();
            delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
