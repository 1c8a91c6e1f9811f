package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.console.ConsoleLauncher;

/**
 * The client's contracts in the oldest Java that the client is for: the one at {@code -Djava17.home}, or one that a package
 * of the machine has installed.
 */
class ClientOnJava17Test {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Path INSTALLED = Path.of("/usr/lib/jvm");
    private static final long SECONDS_MAX = 600;

    @TempDir
    private Path directory = Path.of("");

    @Test
    void keepsItsContracts() throws IOException, InterruptedException {
        Optional<Path> java = java17();
        if (java.isEmpty()) {
            System.out.println("left out, the client in Java 17: there is none at -Djava17.home or in " + INSTALLED);
        }
        Assumptions.assumeTrue(java.isPresent(), "no Java 17");
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        java.orElseThrow().resolve("bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Dcontracts.uri=" + BROKER.uri(),
                        "-cp",
                        classPathWithoutTheBroker(),
                        ConsoleLauncher.class.getName(),
                        "execute",
                        "--select-class=io.ferrymq.client.ContractsOverAmqp",
                        "--fail-if-no-tests",
                        "--details=tree",
                        "--disable-ansi-colors",
                        "--disable-banner")
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS))
                    .as("it ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        String told = Files.readString(output);
        assertThat(process.exitValue()).as(told).isZero();
        told.lines().filter(line -> line.contains("tests successful")).forEach(System.out::println);
    }

    private static Optional<Path> java17() throws IOException {
        String given = System.getProperty("java17.home");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(INSTALLED)) {
            return homes.sorted().filter(ClientOnJava17Test::isJava17).findFirst();
        }
    }

    private static boolean isJava17(Path home) {
        Path release = home.resolve("release");
        try {
            return Files.isExecutable(home.resolve("bin/java"))
                    && Files.isReadable(release)
                    && Files.readString(release).contains("JAVA_VERSION=\"17");
        } catch (IOException e) {
            throw new IllegalStateException(release + " cannot be read", e);
        }
    }

    /** Of this project only the client, as an application has it that does not embed a broker. */
    private static String classPathWithoutTheBroker() {
        Path repository = BrokerProcess.repository();
        Path client = repository.resolve("client");
        return classPath().stream()
                .filter(entry -> {
                    Path path = Path.of(entry).toAbsolutePath().normalize();
                    return path.startsWith(client) || !path.startsWith(repository);
                })
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static Collection<String> classPath() {
        return List.copyOf(Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1)));
    }
}
