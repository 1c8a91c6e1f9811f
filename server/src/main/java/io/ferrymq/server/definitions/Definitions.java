package io.ferrymq.server.definitions;

import java.util.List;
import java.util.Map;

/**
 * What a definitions file says, in the order of the file.
 *
 * @param ignored what is not empty and not imported, by its place in the file
 */
public record Definitions(
        List<User> users,
        List<VirtualHost> virtualHosts,
        List<Permission> permissions,
        List<TopicPermission> topicPermissions,
        List<Exchange> exchanges,
        List<Queue> queues,
        List<Binding> bindings,
        List<String> ignored) {
    /** Nothing is defined. */
    public static final Definitions NONE =
            new Definitions(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    /**
     * A user.
     *
     * @param password in plain text; empty if there is a hash, or none
     * @param passwordHash Base64 of salt and hash; empty if there is a password, or none
     * @param hashingAlgorithm such as {@code rabbit_password_hashing_sha256}
     */
    public record User(String name, String password, String passwordHash, String hashingAlgorithm, List<String> tags) {}

    /**
     * A virtual host.
     *
     * @param defaultQueueType what a queue becomes that names no type; empty for classic
     */
    public record VirtualHost(String name, String description, List<String> tags, String defaultQueueType) {}

    /** Regular expressions of resource names that a user may configure, write and read in a virtual host. */
    public record Permission(String user, String virtualHost, String configure, String write, String read) {}

    /** Regular expressions of routing keys that a user may publish and bind with at a topic exchange. */
    public record TopicPermission(String user, String virtualHost, String exchange, String write, String read) {}

    /** An exchange. */
    public record Exchange(
            String virtualHost,
            String name,
            String type,
            boolean durable,
            boolean autoDelete,
            boolean internal,
            Map<String, Object> arguments) {}

    /** A queue; its type, if the file says one, is the argument {@code x-queue-type}. */
    public record Queue(
            String virtualHost, String name, boolean durable, boolean autoDelete, Map<String, Object> arguments) {}

    /** What a binding ends at. */
    public enum DestinationKind {
        QUEUE,
        EXCHANGE
    }

    /** A binding. */
    public record Binding(
            String virtualHost,
            String source,
            DestinationKind destinationKind,
            String destination,
            String routingKey,
            Map<String, Object> arguments) {}
}
