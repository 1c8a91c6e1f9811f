package io.ferrymq.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The main program in a process of its own, as a user starts it, with this test's classes. */
final class FerryProcess implements AutoCloseable {
    private static final int SECONDS_MAX = 60;

    private final Process process;
    private final Path errors;
    private final BufferedReader output;

    private FerryProcess(Process process, Path errors) {
        this.process = process;
        this.errors = errors;
        this.output = process.inputReader();
    }

    static FerryProcess start(Path dir, String... arguments) throws IOException {
        return start(dir, Map.of(), arguments);
    }

    static FerryProcess start(Path dir, Map<String, String> environment, String... arguments) throws IOException {
        return start(dir, environment, Main.class, arguments);
    }

    /** A process for which the shell has set a limit first. */
    static FerryProcess startLimited(Path dir, String limit, String... arguments) throws IOException {
        List<String> shell = List.of("bash", "-c", limit + "; exec \"$@\"", "bash");
        return start(dir, Map.of(), shell, Main.class, arguments);
    }

    static FerryProcess start(Path dir, Map<String, String> environment, Class<?> main, String... arguments)
            throws IOException {
        return start(dir, environment, List.of(), main, arguments);
    }

    private static FerryProcess start(
            Path dir, Map<String, String> environment, List<String> before, Class<?> main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Path errors = Files.createTempFile(dir, "errors", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FERRY_"));
        builder.environment().putAll(environment);
        return new FerryProcess(builder.start(), errors);
    }

    /** The next line of standard output, or null at its end. */
    @Nullable String line() throws IOException {
        return output.readLine();
    }

    /** Sends SIGTERM. */
    FerryProcess terminate() {
        process.toHandle().destroy(); // Process.destroy would close the streams as well.
        return this;
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the process has not ended in " + SECONDS_MAX + " s");
        }
        return process.exitValue();
    }

    long pid() {
        return process.pid();
    }

    /** What was written to standard error. */
    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
