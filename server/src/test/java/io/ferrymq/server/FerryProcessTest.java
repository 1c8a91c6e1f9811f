package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its user sees it: one line when ready, one line when something is wrong, and the exit code. */
class FerryProcessTest {
    private static final Pattern READY = Pattern.compile(
            "FerryMQ \\d+\\.\\d+\\.\\d+ ready in \\d+ ms amqp=127\\.0\\.0\\.1:(\\d+)( amqps=127\\.0\\.0\\.1:\\d+)?"
                    + " data=(.+)");
    private static final String[] LOCAL = {"start", "--set", "amqp.host=127.0.0.1", "--set", "amqp.port=0"};

    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @Test
    void saysWhenItIsReadyAndStopsCleanlyOnSigterm() throws Exception {
        try (FerryProcess ferry = FerryProcess.start(dir, LOCAL)) {
            Matcher ready = ready(ferry);
            assertThat(ready.group(3)).isEqualTo(dir.resolve("data").toString());
            assertThat(dir.resolve("data")).isDirectory();
            try (Socket client = connect(ready)) {
                assertThat(client.isConnected()).isTrue();
                assertThat(ferry.terminate().exitCode()).isZero();
            }
            assertThat(ferry.line()).as("a second line").isNull();
            assertThat(ferry.errors()).doesNotContain("WARN", "ERROR", "Exception");
        }
    }

    @Test
    void refusesADataDirectoryThatAnotherProcessUses() throws Exception {
        try (FerryProcess first = FerryProcess.start(dir, LOCAL)) {
            ready(first);
            try (FerryProcess second = FerryProcess.start(dir, LOCAL)) {
                assertThat(second.exitCode()).isEqualTo(1);
                assertOneLine(second, "the data directory " + dir.resolve("data") + " is in use by another process");
                assertThat(second.errors()).contains("(process " + first.pid() + ")");
            }
        }
    }

    @Test
    void refusesAPortInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FerryProcess ferry = FerryProcess.start(
                        dir, "start", "--set", "amqp.host=127.0.0.1", "--set", "amqp.port=" + taken.getLocalPort())) {
            assertThat(ferry.exitCode()).isEqualTo(1);
            assertOneLine(ferry, "cannot listen on 127.0.0.1:" + taken.getLocalPort() + ": the port is in use");
        }
    }

    @Test
    void refusesAnUnwritableDataDirectory() throws Exception {
        Path file = Files.createFile(dir.resolve("file"));
        try (FerryProcess ferry =
                FerryProcess.start(dir, "start", "--data", file.resolve("below").toString())) {
            assertThat(ferry.exitCode()).isEqualTo(1);
            assertOneLine(ferry, "cannot write to the data directory " + file.resolve("below"));
        }
    }

    @Test
    void refusesAnUnknownKeyABadValueAndAMissingCertificate() throws Exception {
        assertRefused(2, "unknown key amqp.prot (--set), did you mean amqp.port?", "--set", "amqp.prot=1");
        assertRefused(2, "bad value for amqp.port (--set): \"x\" is not a number", "--set", "amqp.port=x");
        assertRefused(2, "Unknown option: '--no-such-option'", "--no-such-option");
        assertRefused(
                1,
                "cannot read the TLS certificate file /nowhere/server.pem",
                "--set",
                "amqp.port=0",
                "--set",
                "tls.certificate=/nowhere/server.pem",
                "--set",
                "tls.key=/nowhere/server.key");
        assertRefused(
                1,
                "the definitions file none.json cannot be read",
                "--set",
                "amqp.port=0",
                "--set",
                "definitions.file=none.json");
    }

    @Test
    void haltsInOneLineWhenGoingOnCouldLoseData() throws Exception {
        try (FerryProcess ferry = FerryProcess.start(dir, Map.of(), Halting.class)) {
            assertThat(ferry.exitCode()).isEqualTo(70);
            assertOneLine(ferry, "fatal: flushing the journal: java.io.IOException: Input/output error");
        }
    }

    @Test
    void theEndOfTheHeapIsToldOnStandardErrorAndStandardOutputKeepsToTheReadyLine() throws Exception {
        String flags = Files.readString(Path.of("..", "ferry"));
        assertThat(flags).contains("-XX:+ExitOnOutOfMemoryError -XX:+DisplayVMOutputToStderr");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx16m", "-XX:+ExitOnOutOfMemoryError", "-XX:+DisplayVMOutputToStderr"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Hoarding.class.getName()));
        Path output = dir.resolve("out");
        Path errors = dir.resolve("err");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        assertThat(process.waitFor()).isEqualTo(3);
        assertThat(Files.readString(output)).isEqualTo("ready\n");
        assertThat(Files.readString(errors)).contains("java.lang.OutOfMemoryError: Java heap space");
    }

    /** A program that says that it is ready, and then takes all the heap there is. */
    static final class Hoarding {
        public static void main(String... arguments) {
            System.out.println("ready");
            List<byte[]> hoard = new ArrayList<>();
            while (hoard.size() < Integer.MAX_VALUE) {
                hoard.add(new byte[1 << 20]);
            }
        }
    }

    /** A program whose disk fails. */
    static final class Halting {
        public static void main(String... arguments) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("an orderly stop")));
            FatalError.halt("flushing the journal", new IOException("Input/output error\nsecond line"));
        }
    }

    @Test
    void takesTheEnvironmentAndServesTlsWithTheCertificatesThatItMakes() throws Exception {
        try (FerryProcess maker = FerryProcess.start(dir, "certificate", "tls")) {
            assertThat(maker.line()).startsWith("./ferry start --set tls.certificate=" + dir.resolve("tls/server.pem"));
            assertThat(maker.exitCode()).isZero();
        }
        Map<String, String> environment = Map.of(
                "FERRY_TLS_CERTIFICATE", "tls/server.pem",
                "FERRY_TLS_KEY", "tls/server.key",
                "FERRY_AMQPS_PORT", "0");
        String[] arguments = {
            "start", "--set", "amqp.host=127.0.0.1", "--set", "amqp.port=0", "--stop-when-ready", "--data", "d"
        };
        try (FerryProcess ferry = FerryProcess.start(dir, environment, arguments)) {
            assertThat(ready(ferry).group(2)).isNotNull();
            assertThat(ferry.exitCode()).isZero();
        }
    }

    @Test
    void listsEveryKeyAsAFileThatItAccepts() throws Exception {
        Path file = dir.resolve("ferry.toml");
        try (FerryProcess lister = FerryProcess.start(dir, "config", "--set", "amqp.port=0", "--data", "d")) {
            StringBuilder text = new StringBuilder();
            for (String line = lister.line(); line != null; line = lister.line()) {
                text.append(line).append('\n');
            }
            Files.writeString(file, text.toString().replace("amqp.host = \"*\"", "amqp.host = \"127.0.0.1\""));
        }
        try (FerryProcess ferry = FerryProcess.start(dir, "start", "--config", "ferry.toml", "--stop-when-ready")) {
            assertThat(ready(ferry).group(3)).isEqualTo(dir.resolve("d").toString());
        }
    }

    @Test
    void saysInWordsWhatOfTheDefinitionsIsRefusedAndWhere() throws Exception {
        Files.writeString(
                dir.resolve("d.json"), "{\"queues\": [{\"name\": \"q\"}, {\"name\": \"q\", \"durable\": false}]}");
        try (FerryProcess ferry = FerryProcess.start(
                dir,
                "start",
                "--set",
                "amqp.host=127.0.0.1",
                "--set",
                "amqp.port=0",
                "--set",
                "definitions.file=d.json")) {
            assertThat(ferry.exitCode()).isEqualTo(1);
            assertThat(ferry.errors())
                    .contains("ferry: the definitions file: queues[1] is refused: inequivalent arg 'durable' for queue"
                            + " 'q' in vhost '/'")
                    .doesNotContain("Exception", "\tat ", "resource=");
        }
    }

    private void assertRefused(int exitCode, String line, String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "start";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try (FerryProcess ferry = FerryProcess.start(dir, all)) {
            assertThat(ferry.exitCode()).isEqualTo(exitCode);
            assertOneLine(ferry, line);
        }
    }

    private static void assertOneLine(FerryProcess ferry, String beginning) throws IOException {
        assertThat(ferry.errors().lines()).hasSize(1).first().asString().startsWith("ferry: " + beginning);
        assertThat(ferry.line()).as("standard output").isNull();
    }

    private static Matcher ready(FerryProcess ferry) throws IOException {
        String line = ferry.line();
        assertThat(line).as(ferry.errors()).isNotNull();
        Matcher matcher = READY.matcher(Objects.requireNonNull(line));
        assertThat(matcher.matches()).as(line).isTrue();
        return matcher;
    }

    private static Socket connect(Matcher ready) throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group(1)));
    }
}
