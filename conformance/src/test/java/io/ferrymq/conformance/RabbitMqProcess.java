package io.ferrymq.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** RabbitMQ from Debian's package, for a test class and its nested ones; without the package they are left out. */
final class RabbitMqProcess implements BeforeAllCallback, AfterAllCallback {
    private static final String SCRIPT = "oracle/rabbitmq-start.sh";
    private static final String URL = "AMQP_URL=";

    private @Nullable String uri;
    private @Nullable Path directory;
    private int users;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        users++;
        if (uri == null) {
            String output = run("start");
            Optional<String> line =
                    output.lines().filter(text -> text.startsWith(URL)).findFirst();
            if (line.isEmpty()) {
                users = 0;
                System.out.println("left out, the client against RabbitMQ: " + output.strip());
            }
            Assumptions.assumeTrue(line.isPresent(), output);
            uri = line.orElseThrow().substring(URL.length());
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException, InterruptedException {
        users--;
        if (users == 0 && uri != null) {
            uri = null;
            run("stop");
            BrokerProcess.delete(directory());
        }
    }

    String uri() {
        if (uri == null) {
            throw new IllegalStateException("used outside of a test class");
        }
        return uri;
    }

    /** Of its own, since test classes may run side by side in several processes. */
    private Path directory() throws IOException {
        if (directory == null) {
            directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "rabbitmq-");
        }
        return directory;
    }

    private String run(String command) throws IOException, InterruptedException {
        Path output = directory().resolve(command + ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(SCRIPT, command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("ORACLE_DIR", directory().toString());
        builder.start().waitFor();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
