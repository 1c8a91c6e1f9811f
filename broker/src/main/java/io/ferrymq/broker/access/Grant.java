package io.ferrymq.broker.access;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one user may do in one virtual host. A session keeps its grant, which follows later changes of the permissions;
 * when they are taken away altogether it denies everything for good, and the session must log in again.
 *
 * <p>Owned by the shard's lane.
 */
public final class Grant {
    /** The name that permissions know the default exchange by. */
    private static final String DEFAULT_EXCHANGE = "amq.default";

    private final String user;
    private final String vhost;
    private final Map<String, Topics> topics = new LinkedHashMap<>();
    private Optional<Compiled> compiled = Optional.empty();

    Grant(String user, String vhost) {
        this.user = user;
        this.vhost = vhost;
    }

    public String user() {
        return user;
    }

    public String vhost() {
        return vhost;
    }

    /** Empty if the user may not even enter. */
    public Optional<Permissions> permissions() {
        return compiled.map(Compiled::permissions);
    }

    /** The restrictions of topic exchanges, by exchange. */
    public Map<String, TopicPermission> topicPermissions() {
        Map<String, TopicPermission> permissions = new LinkedHashMap<>();
        topics.forEach((exchange, restriction) -> permissions.put(exchange, restriction.permission()));
        return permissions;
    }

    /** Whether the user may do that with a queue or exchange of this virtual host. */
    public boolean allows(Permission permission, Resource resource) {
        return compiled.isPresent() && compiled.get().pattern(permission).matches(permissionName(resource));
    }

    /**
     * Checks that the user may do that with a queue or exchange of this virtual host.
     *
     * @throws RefusedException with {@code PermissionDenied}
     */
    public void require(Permission permission, Resource resource) {
        if (!allows(permission, resource)) {
            Resource shown = new Resource(resource.kind(), permissionName(resource), resource.vhost());
            throw new RefusedException(new Refusal.PermissionDenied(permission, shown, user));
        }
    }

    /**
     * Checks that the user may do anything at all with a queue or exchange, as looking at it asks for.
     *
     * @throws RefusedException with {@code PermissionDenied} for configuring
     */
    public void requireAny(Resource resource) {
        if (!allows(Permission.READ, resource) && !allows(Permission.WRITE, resource)) {
            require(Permission.CONFIGURE, resource);
        }
    }

    /** Whether there are routing keys that the user may not use with a topic exchange of that name. */
    public boolean restrictsTopics(String exchange) {
        return topics.containsKey(exchange);
    }

    /**
     * Checks that the user may use a routing key with a topic exchange. Where no topic permission says otherwise, any
     * key will do.
     *
     * @param permission {@code WRITE} to publish, {@code READ} to bind
     * @param variables what stands in braces in patterns, {@code username} and {@code vhost} apart
     * @throws RefusedException with {@code TopicDenied}
     */
    public void requireTopic(
            Permission permission, Resource exchange, String routingKey, Map<String, String> variables) {
        Topics restriction = topics.get(exchange.name());
        if (restriction != null && !restriction.allows(permission, routingKey, withOwn(variables))) {
            throw new RefusedException(new Refusal.TopicDenied(permission, routingKey, exchange, user));
        }
    }

    void put(Permissions permissions) {
        compiled = Optional.of(Compiled.of(permissions));
    }

    void clear() {
        compiled = Optional.empty();
    }

    void putTopic(String exchange, TopicPermission permission) {
        topics.put(exchange, Topics.of(permission));
    }

    void clearTopic(String exchange) {
        topics.remove(exchange);
    }

    void clearTopics() {
        topics.clear();
    }

    boolean isEmpty() {
        return compiled.isEmpty() && topics.isEmpty();
    }

    private Map<String, String> withOwn(Map<String, String> variables) {
        Map<String, String> all = new LinkedHashMap<>(variables);
        all.put("username", user);
        all.put("vhost", vhost);
        return all;
    }

    private static String permissionName(Resource resource) {
        boolean isDefault =
                resource.kind() == Resource.Kind.EXCHANGE && resource.name().isEmpty();
        return isDefault ? DEFAULT_EXCHANGE : resource.name();
    }

    private record Compiled(Permissions permissions, NamePattern configure, NamePattern write, NamePattern read) {
        static Compiled of(Permissions permissions) {
            return new Compiled(
                    permissions,
                    new NamePattern(permissions.configure()),
                    new NamePattern(permissions.write()),
                    new NamePattern(permissions.read()));
        }

        NamePattern pattern(Permission permission) {
            return switch (permission) {
                case CONFIGURE -> configure;
                case WRITE -> write;
                case READ -> read;
            };
        }
    }

    private record Topics(TopicPermission permission, TopicPattern write, TopicPattern read) {
        static Topics of(TopicPermission permission) {
            return new Topics(permission, new TopicPattern(permission.write()), new TopicPattern(permission.read()));
        }

        boolean allows(Permission permission, String routingKey, Map<String, String> variables) {
            return switch (permission) {
                case WRITE -> write.matches(routingKey, variables);
                case READ -> read.matches(routingKey, variables);
                case CONFIGURE -> true;
            };
        }
    }
}
