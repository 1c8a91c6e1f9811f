package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the examples of the client and of tasks, and the programs of a page, as a user would, in a process of their own. */
@Timeout(300)
class ClientExamplesTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final Path REPOSITORY = Path.of("..");
    private static final Pattern PROGRAM =
            Pattern.compile("```java\\n(import .*?public class (\\w+) .*?)```", Pattern.DOTALL);

    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    private static String run(String source, String uri) throws IOException, InterruptedException {
        return run(REPOSITORY.resolve(Path.of("examples", "java", source)), uri);
    }

    private static String run(Path source, String uri) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        source.toString(),
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

    @Test
    void annotatedTasksAreTriedAgainAndWrongArgumentsTold() throws IOException, InterruptedException {
        assertThat(run("AnnotatedTasks.java", "memory:")).isEqualTo("""
                         [x] Done after 2 retries
                        Receipt[customer=Ada, items=2]
                         [x] Done after 2 retries
                        Receipt[customer=Bob, items=3]
                         [!] TypeError: shop.order needs argument 'items'; \
                        it takes 3 arguments (customer: String, items: List<String>, copies: int)
                        """);
    }

    @Test
    void theTestKitTurnsWorkerAndClock() throws IOException, InterruptedException {
        assertThat(run("TestKit.java", "memory:")).isEqualTo("""
                        due now: 0
                        due after 8 hours: 1
                        tried again after PT1M: no line
                        reminded Ada
                        """);
    }

    @Test
    void thePageOnTasksRunsAsItIsPrinted() throws IOException, InterruptedException {
        Map<String, String> printed = new TreeMap<>();
        Matcher program = PROGRAM.matcher(Files.readString(REPOSITORY.resolve("docs/tasks.md")));
        while (program.find()) {
            Path source = Files.writeString(dir.resolve(program.group(2) + ".java"), program.group(1));
            printed.put(program.group(2), run(source, "memory:"));
        }
        assertThat(printed).isEqualTo(Map.of("FirstTask", "8\n", "Mail", "sent to Ada\n", "MailTest", "sent to Ada\n"));
    }

    private static String uri(String transport) {
        return transport.equals("amqp:") ? BROKER.uri() : transport;
    }
}
