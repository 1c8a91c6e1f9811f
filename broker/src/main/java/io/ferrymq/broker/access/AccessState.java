package io.ferrymq.broker.access;

import static io.ferrymq.broker.message.ValueCodec.readCount;
import static io.ferrymq.broker.message.ValueCodec.writeVarint;

import io.ferrymq.broker.access.AccessCommand.PermissionCleared;
import io.ferrymq.broker.access.AccessCommand.PermissionPut;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionCleared;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionPut;
import io.ferrymq.broker.access.AccessCommand.UserDeleted;
import io.ferrymq.broker.access.AccessCommand.UserPut;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All users and permissions, and the one place where commands take effect.
 *
 * <p>A checkpoint holds them as the shortest list of commands that makes them:
 *
 * <pre>
 *  snapshot ::= version:uint8 (1)  count:varint  command*count
 * </pre>
 *
 * <p>Owned by the shard's lane.
 */
public final class AccessState {
    private static final int SNAPSHOT_VERSION = 1;

    private final Map<String, User> users = new LinkedHashMap<>();

    /** By user, then by virtual host; none is empty. */
    private final Map<String, Map<String, Grant>> grants = new LinkedHashMap<>();

    public Optional<User> user(String name) {
        return Optional.ofNullable(users.get(name));
    }

    /** All users; a view. */
    public Collection<User> users() {
        return Collections.unmodifiableCollection(users.values());
    }

    /** What a user may do in a virtual host; empty if nobody has said anything about it. */
    public Optional<Grant> grant(String user, String vhost) {
        return Optional.ofNullable(grants.getOrDefault(user, Map.of()).get(vhost));
    }

    /** All grants, those included that hold topic permissions only. */
    public Stream<Grant> grants() {
        return grants.values().stream().flatMap(byVhost -> byVhost.values().stream());
    }

    /** Carries out a command that {@link AccessRequests} made from this very state, or that did so before. */
    public void apply(AccessCommand command) {
        switch (command) {
            case UserPut put -> users.put(put.user().name(), put.user());
            case UserDeleted deleted -> delete(deleted.user());
            case PermissionPut put -> grantFor(put.user(), put.vhost()).put(put.permissions());
            case PermissionCleared cleared ->
                grant(cleared.user(), cleared.vhost()).ifPresent(grant -> {
                    grant.clear();
                    dropIfEmpty(grant);
                });
            case TopicPermissionPut put -> grantFor(put.user(), put.vhost()).putTopic(put.exchange(), put.permission());
            case TopicPermissionCleared cleared ->
                grant(cleared.user(), cleared.vhost()).ifPresent(grant -> {
                    grant.clearTopic(cleared.exchange());
                    dropIfEmpty(grant);
                });
        }
    }

    public void encodeSnapshot(ByteBuf out) {
        List<AccessCommand> commands = new ArrayList<>();
        users().forEach(user -> commands.add(new UserPut(user)));
        grants().forEach(grant -> describe(grant, commands));
        out.writeByte(SNAPSHOT_VERSION);
        writeVarint(out, commands.size());
        commands.forEach(command -> command.encode(out));
    }

    /**
     * Makes this state, which must be empty, what a snapshot says.
     *
     * @throws IllegalArgumentException if the bytes are of another version or no snapshot
     */
    public void restoreSnapshot(ByteBuf in) {
        if (!users.isEmpty()) {
            throw new IllegalStateException("there are users already");
        }
        int version = in.readByte();
        if (version != SNAPSHOT_VERSION) {
            throw new IllegalArgumentException("an access snapshot of version " + version);
        }
        int count = readCount(in);
        for (int i = 0; i < count; i++) {
            apply(AccessCommand.decode(in));
        }
    }

    private void delete(String user) {
        users.remove(user);
        Map<String, Grant> revoked = grants.remove(user);
        if (revoked != null) {
            revoked.values().forEach(grant -> {
                grant.clear();
                grant.clearTopics();
            });
        }
    }

    private Grant grantFor(String user, String vhost) {
        return grants.computeIfAbsent(user, _ -> new LinkedHashMap<>())
                .computeIfAbsent(vhost, _ -> new Grant(user, vhost));
    }

    private void dropIfEmpty(Grant grant) {
        Map<String, Grant> byVhost = grants.get(grant.user());
        if (byVhost != null && grant.isEmpty()) {
            byVhost.remove(grant.vhost());
            if (byVhost.isEmpty()) {
                grants.remove(grant.user());
            }
        }
    }

    private static void describe(Grant grant, List<AccessCommand> commands) {
        grant.permissions()
                .ifPresent(permissions -> commands.add(new PermissionPut(grant.user(), grant.vhost(), permissions)));
        grant.topicPermissions()
                .forEach((exchange, permission) ->
                        commands.add(new TopicPermissionPut(grant.user(), grant.vhost(), exchange, permission)));
    }
}
