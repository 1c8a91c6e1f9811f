package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script, in a project that is built already, with JDKs whose {@code java} only prints its arguments. */
class FerryScriptTest {
    private static final Path SCRIPT = Path.of("../ferry").toAbsolutePath().normalize();

    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @SuppressWarnings("NullAway.Init") // Assigned before each test.
    private Path project;

    private record Outcome(int exitCode, String output, String errors) {}

    @BeforeEach
    void layProject() throws IOException {
        dir = dir.toRealPath();
        project = Files.createDirectory(dir.resolve("a project"));
        Files.copy(SCRIPT, project.resolve("ferry"));
        Path built = Files.createDirectories(project.resolve("server/target/ferrymq"));
        age(Files.writeString(project.resolve("pom.xml"), "  <version>1.2.3</version>\n"), 120);
        for (String file : List.of("ferrymq.jar", "ferrymq.aot", "built")) {
            Files.createFile(built.resolve(file));
        }
    }

    /** Makes a file so old that what a test makes now is newer, however coarse the file system's clock is. */
    private static void age(Path file, long seconds) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(seconds)));
    }

    @Test
    void becomesTheJavaOfJavaHomeWithTheArgumentsAsTheyAre() throws Exception {
        Path jdk = trainedWith(jdk("25.0.1"));
        Outcome outcome =
                run(Map.of("JAVA_HOME", jdk.toString(), "FERRY_JAVA_OPTS", "-Xmx1g -Da=b"), "start", "--data", "x y");
        assertThat(outcome.errors()).isEmpty();
        assertThat(outcome.output().lines())
                .startsWith(jdk.toString())
                .endsWith("-Xmx1g", "-Da=b", "-jar", jar(), "start", "--data", "x y");
        assertThat(outcome.exitCode()).as("the exit code of java").isEqualTo(42);
    }

    @Test
    void passesOverAnOlderJdkForANewerOneOnThePath() throws Exception {
        Path newer = trainedWith(jdk("26"));
        Path links = Files.createDirectory(dir.resolve("links"));
        Files.createSymbolicLink(links.resolve("java"), newer.resolve("bin/java"));
        Outcome outcome = run(
                Map.of("JAVA_HOME", jdk("17.0.15").toString(), "PATH", links + ":" + System.getenv("PATH")), "start");
        assertThat(outcome.output().lines()).startsWith(newer.toString());
    }

    @Test
    void worksThroughASymbolicLinkFromAnotherDirectory() throws Exception {
        Path jdk = trainedWith(jdk("25"));
        Path link = Files.createSymbolicLink(dir.resolve("link"), Path.of("a project/ferry"));
        Outcome outcome = run(link, Map.of("JAVA_HOME", jdk.toString()), "start");
        assertThat(outcome.output().lines()).contains(jar());
    }

    @Test
    void buildsWhenASourceIsNewerAndSaysWhyItCannot() throws Exception {
        Path jdk = trainedWith(jdk("25"));
        Path source = Files.createDirectories(project.resolve("wire/src/main/java"));
        // Newer for certain, however coarse the file system's clock is.
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        script(project.resolve("mvnw"), "[ \"$1\" = -v ] || { echo 'COMPILATION ERROR'; exit 1; }");
        Outcome outcome = run(Map.of("JAVA_HOME", jdk.toString()), "start");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.output()).isEmpty();
        assertThat(outcome.errors().lines())
                .containsExactly(
                        "ferry: building FerryMQ; this takes a while the first time",
                        "COMPILATION ERROR",
                        "ferry: the build failed; its whole output is in " + project + "/target/build.log");
        assertThat(project.resolve("target/building")).doesNotExist();
    }

    @Test
    void helpsWithoutAJdk() throws Exception {
        Outcome help = run(Map.of(), "help");
        assertThat(help.exitCode()).isZero();
        assertThat(help.output()).contains("start", "check", "bench", "certificate", "hash-password", "build");
        assertThat(run(Map.of(), "version").output()).isEqualTo("FerryMQ 1.2.3\n");
    }

    @Test
    void refusesAnUnknownCommand() throws Exception {
        Outcome outcome = run(Map.of(), "strat");
        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.errors()).isEqualTo("ferry: no command strat; see './ferry help'\n");
    }

    private String jar() {
        return project + "/server/target/ferrymq/ferrymq.jar";
    }

    /** Writes down that the start record was made with this JDK, so that the script does not make a new one. */
    private Path trainedWith(Path jdk) throws IOException {
        Files.writeString(project.resolve("server/target/ferrymq/trained-with"), jdk + "\n");
        return jdk;
    }

    private Path jdk(String version) throws IOException {
        Path home = dir.resolve("jdk-" + version);
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "printf '%s\\n' '" + home + "' \"$@\"; exit 42");
        script(home.resolve("bin/javac"), "exit 1");
        return home;
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Outcome run(Map<String, String> environment, String... arguments) throws Exception {
        return run(project.resolve("ferry"), environment, arguments);
    }

    private Outcome run(Path ferry, Map<String, String> environment, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", ferry.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(dir.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("FERRY_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), output, errors);
    }
}
