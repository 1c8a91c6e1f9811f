package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the examples of the client as a user would, in a process of their own. */
@Timeout(60)
class ClientExamplesTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static String run(String source, String uri) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Path.of("..", "examples", "java", source).toString(),
                        uri)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory:", "amqp:"})
    void jobsAreDoneOrGivenUp(String transport) throws IOException, InterruptedException {
        assertThat(run("Jobs.java", uri(transport)).lines().toList())
                .contains(" [x] Done: job 1", " [x] Done: job 5", " [x] Given up: job 3")
                .hasSize(5);
    }

    @Test
    void requestsGetTheirReplies() throws IOException, InterruptedException {
        assertThat(run("Ask.java", "memory:")).isEqualTo(" [.] [1, 4, 9, 16, 25]\n");
    }

    private static String uri(String transport) {
        return transport.equals("amqp:") ? BROKER.uri() : transport;
    }
}
