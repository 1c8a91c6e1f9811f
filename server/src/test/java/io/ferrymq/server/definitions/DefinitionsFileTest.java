package io.ferrymq.server.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.server.definitions.Definitions.Binding;
import io.ferrymq.server.definitions.Definitions.DestinationKind;
import io.ferrymq.server.definitions.Definitions.Exchange;
import io.ferrymq.server.definitions.Definitions.Permission;
import io.ferrymq.server.definitions.Definitions.Queue;
import io.ferrymq.server.definitions.Definitions.TopicPermission;
import io.ferrymq.server.definitions.Definitions.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefinitionsFileTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @Test
    void readsWhatRabbitMqExports() throws Exception {
        Definitions definitions = read("""
                {
                  "rabbit_version": "4.1.0",
                  "users": [
                    {"name": "guest", "password_hash": "c2FsdA==", "tags": ["administrator"], "limits": {},
                     "hashing_algorithm": "rabbit_password_hashing_sha256"},
                    {"name": "old", "password_hash": "", "tags": "monitoring, policymaker"}
                  ],
                  "vhosts": [{"name": "/"}, {"name": "other", "metadata": {}}],
                  "permissions": [{"user": "guest", "vhost": "/", "configure": ".*", "write": ".*", "read": "^a"}],
                  "topic_permissions": [{"user": "guest", "vhost": "/", "exchange": "amq.topic", "write": "^w", "read": "^r"}],
                  "policies": [{"name": "ha"}],
                  "exchanges": [{"name": "e", "vhost": "/", "type": "topic", "durable": true, "auto_delete": false,
                                 "internal": true, "arguments": {"alternate-exchange": "ae"}}],
                  "queues": [{"name": "q", "vhost": "/", "type": "quorum", "durable": true, "auto_delete": false,
                              "arguments": {"x-max-length": 10, "x-list": [1, "a", true], "x-table": {"k": 1.5}}}],
                  "bindings": [{"source": "e", "vhost": "/", "destination": "q", "destination_type": "queue",
                                "routing_key": "a.#", "arguments": {}}]
                }
                """);
        assertThat(definitions.users())
                .containsExactly(
                        new User("guest", "c2FsdA==", "rabbit_password_hashing_sha256", List.of("administrator")),
                        new User("old", "", "rabbit_password_hashing_sha256", List.of("monitoring", "policymaker")));
        assertThat(definitions.virtualHosts()).containsExactly("/", "other");
        assertThat(definitions.permissions()).containsExactly(new Permission("guest", "/", ".*", ".*", "^a"));
        assertThat(definitions.topicPermissions())
                .containsExactly(new TopicPermission("guest", "/", "amq.topic", "^w", "^r"));
        assertThat(definitions.exchanges())
                .containsExactly(
                        new Exchange("/", "e", "topic", true, false, true, Map.of("alternate-exchange", "ae")));
        assertThat(definitions.queues())
                .containsExactly(new Queue(
                        "/",
                        "q",
                        true,
                        false,
                        Map.of(
                                "x-max-length",
                                10,
                                "x-list",
                                List.of(1, "a", true),
                                "x-table",
                                Map.of("k", 1.5),
                                "x-queue-type",
                                "quorum")));
        assertThat(definitions.bindings())
                .containsExactly(new Binding("/", "e", DestinationKind.QUEUE, "q", "a.#", Map.of()));
        assertThat(definitions.ignored()).containsExactly("policies");
    }

    @Test
    void readsTheExportOfOneVirtualHost() throws Exception {
        Definitions definitions = read("{\"queues\": [{\"name\": \"q\", \"durable\": true}]}");
        assertThat(definitions.queues()).containsExactly(new Queue("/", "q", true, false, Map.of()));
        assertThat(definitions.users()).isEmpty();
    }

    @Test
    void saysWhereSomethingIsMissingOrWrong() {
        assertRefused("{\"queues\": [{\"name\": \"a\"}, {\"durable\": true}]}")
                .hasMessageEndingWith("definitions.json: queues[1].name is missing");
        assertRefused("{\"queues\": [{\"name\": \"a\", \"durable\": \"yes\"}]}")
                .hasMessageEndingWith("queues[0].durable is \"yes\", not true or false");
        assertRefused("{\"queues\": {}}").hasMessageEndingWith("definitions.json.queues is {}, not an array");
        assertRefused("{\"bindings\": [{\"source\": \"\", \"destination_type\": \"x\"}]}")
                .hasMessageEndingWith("bindings[0].destination_type is \"x\", not \"queue\" or \"exchange\"");
    }

    @Test
    void saysThatAFileIsNotWhatItShouldBe() {
        assertRefused("[]").hasMessageEndingWith("definitions.json is not a JSON object");
        assertRefused("{\n  \"users\": }").hasMessageContaining("definitions.json:2:12 is not JSON: ");
        assertThatThrownBy(() -> DefinitionsFile.read(dir.resolve("none.json")))
                .isInstanceOf(DefinitionsException.class)
                .hasMessageEndingWith("none.json cannot be read");
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String json) {
        return assertThatThrownBy(() -> read(json)).isInstanceOf(DefinitionsException.class);
    }

    private Definitions read(String json) throws DefinitionsException, IOException {
        return DefinitionsFile.read(Files.writeString(dir.resolve("definitions.json"), json));
    }
}
