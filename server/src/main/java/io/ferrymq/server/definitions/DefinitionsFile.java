package io.ferrymq.server.definitions;

import io.ferrymq.server.definitions.Definitions.Binding;
import io.ferrymq.server.definitions.Definitions.DestinationKind;
import io.ferrymq.server.definitions.Definitions.Exchange;
import io.ferrymq.server.definitions.Definitions.Permission;
import io.ferrymq.server.definitions.Definitions.Queue;
import io.ferrymq.server.definitions.Definitions.TopicPermission;
import io.ferrymq.server.definitions.Definitions.User;
import io.ferrymq.server.definitions.Definitions.VirtualHost;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final String DEFAULT_QUEUE_TYPE = "default_queue_type";
    private static final Pattern OLD_VERSION = Pattern.compile("([0-2]\\.\\d+|3\\.[0-5])(\\D.*)?");

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
        Definitions definitions;
        try {
            definitions = read(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new DefinitionsException("the definitions file " + file + " cannot be read", e);
        }
        if (!definitions.ignored().isEmpty()) {
            log.warn("{}: not imported: {}", file, String.join(", ", definitions.ignored()));
        }
        return definitions;
    }

    /** Reads the content of a file of this name. */
    static Definitions read(String file, byte[] content) throws DefinitionsException {
        return new DefinitionsFile(new DefinitionsNode(file, parse(file, content))).definitions();
    }

    private static JsonNode parse(String file, byte[] content) throws DefinitionsException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            JsonNode json = JsonMapper.shared().readTree(withoutMark(text));
            if (!json.isObject()) {
                throw new DefinitionsException("the definitions file " + file + " is not a JSON object");
            }
            return json;
        } catch (CharacterCodingException e) {
            throw new DefinitionsException("the definitions file " + file + " is not UTF-8", e);
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw new DefinitionsException(
                    "%s:%d:%d is not JSON: %s"
                            .formatted(file, place.getLineNr(), place.getColumnNr(), e.getOriginalMessage()),
                    e);
        }
    }

    /** Some editors begin a text with a byte order mark, which JSON does not know. */
    private static String withoutMark(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    private Definitions definitions() throws DefinitionsException {
        return new Definitions(
                all("users", this::user),
                all("vhosts", DefinitionsFile::virtualHost),
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
        addIgnored(names, "users", "limits");
        addIgnored(names, "vhosts", "limits");
        return List.copyOf(names);
    }

    private void addIgnored(List<String> names, String section, String field) {
        JsonNode elements = root.json().path(section);
        for (int i = 0; i < elements.size(); i++) {
            if (!elements.path(i).path(field).isEmpty()) {
                names.add(section + "[" + i + "]." + field);
            }
        }
    }

    private User user(DefinitionsNode node) throws DefinitionsException {
        User user = new User(
                node.text("name"),
                node.text("password", ""),
                node.text("password_hash", ""),
                node.text("hashing_algorithm", hashingAlgorithm()),
                node.words("tags"));
        if (!user.password().isEmpty() && !user.passwordHash().isEmpty()) {
            throw node.problem("has both password and password_hash");
        }
        return user;
    }

    /** What hashes are made with that do not say it: RabbitMQ before 3.6 knew MD5 only. */
    private String hashingAlgorithm() throws DefinitionsException {
        Matcher version = OLD_VERSION.matcher(root.text("rabbit_version", ""));
        return version.matches() ? "rabbit_password_hashing_md5" : "rabbit_password_hashing_sha256";
    }

    /** What RabbitMQ says of a virtual host stands twice, in older versions only among the metadata. */
    private static VirtualHost virtualHost(DefinitionsNode node) throws DefinitionsException {
        DefinitionsNode metadata = node.inner("metadata");
        return new VirtualHost(
                node.text("name"),
                node.text("description", metadata.text("description", "")),
                node.has("tags") ? node.words("tags") : metadata.words("tags"),
                queueType(node.has(DEFAULT_QUEUE_TYPE) ? node : metadata));
    }

    /** A type's name, or that of the module in RabbitMQ which implements it. */
    private static String queueType(DefinitionsNode node) throws DefinitionsException {
        return switch (node.text(DEFAULT_QUEUE_TYPE, "")) {
            case "", "undefined" -> "";
            case "classic", "rabbit_classic_queue" -> "classic";
            case "quorum", "rabbit_quorum_queue" -> "quorum";
            default -> throw node.wrong(DEFAULT_QUEUE_TYPE, "\"classic\" or \"quorum\"");
        };
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
