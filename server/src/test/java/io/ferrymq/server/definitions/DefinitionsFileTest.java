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
import io.ferrymq.server.definitions.Definitions.VirtualHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                        new User("guest", "", "c2FsdA==", "rabbit_password_hashing_sha256", List.of("administrator")),
                        new User(
                                "old", "", "", "rabbit_password_hashing_sha256", List.of("monitoring", "policymaker")));
        assertThat(definitions.virtualHosts())
                .containsExactly(new VirtualHost("/", "", List.of(), ""), new VirtualHost("other", "", List.of(), ""));
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
    void readsWhatOtherToolsWrite() throws Exception {
        Definitions definitions = read("""
            \uFEFF{"users": [{"name": "plain", "password": "secret", "tags": []}],
             "queues": [{"name": "q", "arguments": []}],
             "bindings": [{"source": "", "destination": "q", "destination_type": "queue", "routing_key": "q",
                           "arguments": []}]}
            """);
        assertThat(definitions.users())
                .containsExactly(new User("plain", "secret", "", "rabbit_password_hashing_sha256", List.of()));
        assertThat(definitions.queues()).containsExactly(new Queue("/", "q", true, false, Map.of()));
        assertThat(definitions.bindings())
                .containsExactly(new Binding("/", "", DestinationKind.QUEUE, "q", "q", Map.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "2.8.7, rabbit_password_hashing_md5",
        "3.5.7, rabbit_password_hashing_md5",
        "3.5, rabbit_password_hashing_md5",
        "3.6.0, rabbit_password_hashing_sha256",
        "3.10.8, rabbit_password_hashing_sha256",
        "4.1.0, rabbit_password_hashing_sha256"
    })
    void takesHashesForThoseThatTheVersionMakes(String version, String algorithm) throws Exception {
        Definitions definitions = read("{\"rabbit_version\": \"" + version
                + "\", \"users\": [{\"name\": \"u\", \"password_hash\": \"c2FsdA==\"}]}");
        assertThat(definitions.users()).extracting(User::hashingAlgorithm).containsExactly(algorithm);
    }

    @Test
    void namesLimitsThatItDoesNotImport() throws Exception {
        Definitions definitions = read("""
            {"users": [{"name": "a", "limits": {}}, {"name": "b", "limits": {"max-channels": 5}}],
             "vhosts": [{"name": "/", "limits": []}, {"name": "v", "limits": [{"max-queues": 5}]}],
             "parameters": [{"component": "shovel"}], "global_parameters": [], "bookings": {"a": 1}}
            """);
        assertThat(definitions.ignored())
                .containsExactly("parameters", "bookings", "users[1].limits", "vhosts[1].limits");
    }

    @Test
    void readsWhatVirtualHostsSayOfThemselvesInEitherPlace() throws Exception {
        Definitions definitions = read("""
            {"vhosts": [{"name": "a", "default_queue_type": "quorum", "description": "d", "tags": ["t"],
                         "metadata": {"default_queue_type": "classic", "tags": [], "description": ""}},
                        {"name": "b", "metadata": {"default_queue_type": "rabbit_quorum_queue", "tags": ["t"]}},
                        {"name": "c", "default_queue_type": "undefined", "metadata": []},
                        {"name": "d", "default_queue_type": "classic"}]}
            """);
        assertThat(definitions.virtualHosts())
                .containsExactly(
                        new VirtualHost("a", "d", List.of("t"), "quorum"),
                        new VirtualHost("b", "", List.of("t"), "quorum"),
                        new VirtualHost("c", "", List.of(), ""),
                        new VirtualHost("d", "", List.of(), "classic"));
        assertRefused("{\"vhosts\": [{\"name\": \"a\"}, {\"name\": \"b\", \"default_queue_type\": \"stream\"}]}")
                .hasMessageEndingWith("vhosts[1].default_queue_type is \"stream\", not \"classic\" or \"quorum\"");
        assertRefused("{\"vhosts\": [{\"name\": \"a\", \"metadata\": {\"default_queue_type\": 1}}]}")
                .hasMessageEndingWith("vhosts[0].metadata.default_queue_type is 1, not a text");
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
        assertRefused("{\"queues\": [{\"name\": \"a\", \"arguments\": [1]}]}")
                .hasMessageEndingWith("queues[0].arguments is [1], not an object");
        assertRefused("{\"users\": [{\"name\": \"a\", \"tags\": [1]}]}")
                .hasMessageEndingWith("users[0].tags is [1], not texts");
        assertRefused("{\"users\": [{\"name\": \"a\", \"password\": \"x\", \"password_hash\": \"c2FsdA==\"}]}")
                .hasMessageEndingWith("users[0] has both password and password_hash");
        assertRefused("{\"queues\": [{\"name\": [" + "1,".repeat(100) + "1]}]}")
                .hasMessageEndingWith("1,1,1…, not a text");
    }

    @Test
    void saysThatAFileIsNotWhatItShouldBe() {
        assertRefused("[]").hasMessageEndingWith("definitions.json is not a JSON object");
        assertRefused("{\n  \"users\": }").hasMessageContaining("definitions.json:2:12 is not JSON: ");
        assertThatThrownBy(() -> DefinitionsFile.read(dir.resolve("none.json")))
                .isInstanceOf(DefinitionsException.class)
                .hasMessageEndingWith("none.json cannot be read");
    }

    @Test
    void saysThatAFileIsNotUtf8() throws Exception {
        Path file = Files.write(dir.resolve("latin.json"), new byte[] {'{', '"', (byte) 0xE4, '"', ':', '1', '}'});
        assertThatThrownBy(() -> DefinitionsFile.read(file))
                .isInstanceOf(DefinitionsException.class)
                .hasMessageEndingWith("latin.json is not UTF-8");
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String json) {
        return assertThatThrownBy(() -> read(json)).isInstanceOf(DefinitionsException.class);
    }

    private Definitions read(String json) throws DefinitionsException, IOException {
        return DefinitionsFile.read(Files.writeString(dir.resolve("definitions.json"), json));
    }
}
