package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The Java programs of README.md and of examples/java, run as a reader runs them, from their source. */
class ProgramsTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Path REPOSITORY = Path.of(System.getProperty("basedir", "."), "..");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
    private static final long PATIENCE_SECONDS = 180;

    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    private Connection connection;
    private Channel channel;

    @BeforeEach
    void begin() throws Exception {
        connection = BROKER.connectionFactory().newConnection();
        channel = connection.createChannel();
        channel.queueDelete("tasks");
    }

    @AfterEach
    void tidy() throws IOException {
        channel.queueDelete("tasks");
        connection.close();
    }

    @Test
    void theReadmesProgramSendsItsMessage() throws Exception {
        List<String> programs = JAVA_BLOCK
                .matcher(Files.readString(REPOSITORY.resolve("README.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> CLASS.matcher(block).find())
                .toList();
        assertThat(programs).as("programs, beside pieces of some").hasSize(1);
        String program = programs.getFirst();
        Matcher name = CLASS.matcher(program);
        assertThat(name.find()).isTrue();
        Path source = Files.writeString(dir.resolve(name.group(1) + ".java"), program);

        // It connects to localhost:5672, as a reader's broker is there. The relay leads it to the one under test.
        try (SocksRelay relay = SocksRelay.to(URI.create(BROKER.uri()))) {
            run(
                    List.of("-DsocksProxyHost=127.0.0.1", "-DsocksProxyPort=" + relay.port(), "-DsocksNonProxyHosts="),
                    source);
        }
        GetResponse message = channel.basicGet("tasks", true);
        assertThat(new String(message.getBody(), StandardCharsets.UTF_8)).isEqualTo("Hello World!");
        assertThat(message.getProps().getDeliveryMode()).isEqualTo(2);
    }

    @Test
    void theExamplesSendAndReceive() throws Exception {
        Path examples = REPOSITORY.resolve("examples/java");
        assertThat(run(List.of(), examples.resolve("Send.java"))).isEqualTo(" [x] Sent 'Hello World!'\n");
        assertThat(run(List.of(), examples.resolve("Receive.java"), "1")).isEqualTo(" [x] Received 'Hello World!'\n");
    }

    /** What the program prints; it has to end by itself and well. */
    private String run(List<String> options, Path source, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(options);
        command.add(source.toAbsolutePath().normalize().toString());
        command.addAll(List.of(arguments));
        Path errors = dir.resolve("errors");
        Path output = dir.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(dir.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().put("AMQP_URL", BROKER.uri());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return Files.readString(output);
    }
}
