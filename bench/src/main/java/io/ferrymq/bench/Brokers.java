package io.ferrymq.bench;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Brokers by what an operator calls them. */
final class Brokers {
    private Brokers() {}

    /** {@code ferrymq} and {@code rabbitmq} are started on free ports with empty stores; anything else is the URI of one. */
    static Contender of(String name, Path root, Path output) {
        Path data = root.resolve("bench/target/run-" + ProcessHandle.current().pid() + "-" + name);
        Path log = output.resolve(name + "-stderr.log");
        return switch (name) {
            case "ferrymq" ->
                new StartedBroker(
                        "",
                        List.of(
                                root.resolve("ferry").toString(),
                                "start",
                                "--set",
                                "amqp.host=127.0.0.1",
                                "--set",
                                "amqp.port=0",
                                "--data"),
                        root,
                        data,
                        log);
            case "rabbitmq" ->
                new StartedBroker(
                        "",
                        List.of(root.resolve("bench/rabbitmq.sh").toString(), "--until-eof", "--data"),
                        root,
                        data,
                        log);
            default -> new GivenBroker(URI.create(name), OptionalLong.empty());
        };
    }
}
