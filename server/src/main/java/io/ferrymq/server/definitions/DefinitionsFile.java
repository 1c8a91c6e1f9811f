package io.ferrymq.server.definitions;

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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a definitions file.
 *
 * <p>Thread contract: one thread.
 */
public final class DefinitionsFile {
    private static final Logger log = LoggerFactory.getLogger(DefinitionsFile.class);

    private static final Set<String> IMPORTED =
            Set.of("users", "vhosts", "permissions", "topic_permissions", "exchanges", "queues", "bindings");
    private static final String VHOST = "vhost";

    private final DefinitionsNode root;

    private DefinitionsFile(DefinitionsNode root) {
        this.root = root;
    }

    /**
     * Reads the file; sections that are not imported are logged in one line.
     *
     * @throws DefinitionsException if it cannot be read, is not JSON, or an entry lacks something
     */
    public static Definitions read(Path file) throws DefinitionsException {
        Definitions definitions = new DefinitionsFile(new DefinitionsNode(file.toString(), parse(file))).definitions();
        if (!definitions.ignored().isEmpty()) {
            log.warn("{}: not imported: {}", file, String.join(", ", definitions.ignored()));
        }
        return definitions;
    }

    private static JsonNode parse(Path file) throws DefinitionsException {
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
            if (!json.isObject()) {
                throw new DefinitionsException("the definitions file " + file + " is not a JSON object");
            }
            return json;
        } catch (IOException e) {
            throw new DefinitionsException("the definitions file " + file + " cannot be read", e);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw new DefinitionsException(
                    "%s:%d:%d is not JSON: %s"
                            .formatted(file, place.getLineNr(), place.getColumnNr(), e.getOriginalMessage()),
                    e);
        }
    }

    private Definitions definitions() throws DefinitionsException {
        return new Definitions(
                all("users", DefinitionsFile::user),
                all("vhosts", node -> node.text("name")),
                all("permissions", DefinitionsFile::permission),
                all("topic_permissions", DefinitionsFile::topicPermission),
                all("exchanges", DefinitionsFile::exchange),
                all("queues", DefinitionsFile::queue),
                all("bindings", DefinitionsFile::binding),
                ignored());
    }

    private interface Reading<T> {
        T read(DefinitionsNode node) throws DefinitionsException;
    }

    private <T> List<T> all(String section, Reading<T> reading) throws DefinitionsException {
        List<T> found = new ArrayList<>();
        for (DefinitionsNode node : root.elements(section)) {
            found.add(reading.read(node));
        }
        return List.copyOf(found);
    }

    private List<String> ignored() {
        List<String> names = new ArrayList<>();
        root.json().properties().forEach(section -> {
            boolean hasContent =
                    section.getValue().isContainer() && !section.getValue().isEmpty();
            if (hasContent && !IMPORTED.contains(section.getKey())) {
                names.add(section.getKey());
            }
        });
        return List.copyOf(names);
    }

    private static User user(DefinitionsNode node) throws DefinitionsException {
        return new User(
                node.text("name"),
                node.text("password_hash", ""),
                node.text("hashing_algorithm", "rabbit_password_hashing_sha256"),
                node.words("tags"));
    }

    private static Permission permission(DefinitionsNode node) throws DefinitionsException {
        return new Permission(
                node.text("user"),
                node.text(VHOST, "/"),
                node.text("configure"),
                node.text("write"),
                node.text("read"));
    }

    private static TopicPermission topicPermission(DefinitionsNode node) throws DefinitionsException {
        return new TopicPermission(
                node.text("user"), node.text(VHOST, "/"), node.text("exchange"), node.text("write"), node.text("read"));
    }

    private static Exchange exchange(DefinitionsNode node) throws DefinitionsException {
        return new Exchange(
                node.text(VHOST, "/"),
                node.text("name"),
                node.text("type"),
                node.flag("durable", true),
                node.flag("auto_delete", false),
                node.flag("internal", false),
                node.table("arguments"));
    }

    private static Queue queue(DefinitionsNode node) throws DefinitionsException {
        Map<String, Object> arguments = new LinkedHashMap<>(node.table("arguments"));
        String type = node.text("type", "");
        if (!type.isEmpty()) {
            arguments.putIfAbsent("x-queue-type", type);
        }
        return new Queue(
                node.text(VHOST, "/"),
                node.text("name"),
                node.flag("durable", true),
                node.flag("auto_delete", false),
                arguments);
    }

    private static Binding binding(DefinitionsNode node) throws DefinitionsException {
        DestinationKind kind = switch (node.text("destination_type")) {
            case "queue" -> DestinationKind.QUEUE;
            case "exchange" -> DestinationKind.EXCHANGE;
            default -> throw node.wrong("destination_type", "\"queue\" or \"exchange\"");
        };
        return new Binding(
                node.text(VHOST, "/"),
                node.text("source"),
                kind,
                node.text("destination"),
                node.text("routing_key", ""),
                node.table("arguments"));
    }
}
