package io.ferrymq.broker.access;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.access.AccessCommand.PermissionCleared;
import io.ferrymq.broker.access.AccessCommand.PermissionPut;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionCleared;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionPut;
import io.ferrymq.broker.access.AccessCommand.UserDeleted;
import io.ferrymq.broker.access.AccessCommand.UserPut;
import io.ferrymq.broker.message.ValueCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What operators ask to change about users and permissions, checked and turned into commands. A request changes nothing;
 * no commands means that things are as asked for already. What cannot be is refused with a {@link RefusedException}.
 * Whether a virtual host exists is for the caller to see.
 *
 * <p>Owned by the shard's lane.
 */
public final class AccessRequests {
    static final int NAME_LENGTH_MAX = 255;
    static final int TAGS_MAX = 32;

    private static final String GUEST = "guest";

    private final AccessState state;

    public AccessRequests(AccessState state) {
        this.state = state;
    }

    /**
     * The user {@code guest} with password {@code guest}, who may do everything in {@code vhost}: for the first start,
     * when there are no users.
     *
     * @param salt see {@link PasswordHash#of}
     */
    public List<AccessCommand> createFirstUser(String vhost, byte[] salt) {
        if (!state.users().isEmpty()) {
            return List.of();
        }
        PasswordHash hash = PasswordHash.of(HashingAlgorithm.SHA256, salt, GUEST.getBytes(StandardCharsets.UTF_8));
        return List.of(
                new UserPut(new User(GUEST, hash, List.of(User.ADMINISTRATOR))),
                new PermissionPut(GUEST, vhost, Permissions.ALL));
    }

    /** Creates a user, or replaces the password and the tags of an existing one. */
    public List<AccessCommand> putUser(User user) {
        requireName("user name", user.name());
        user.tags().forEach(tag -> requireName("tag", tag));
        if (user.tags().size() > TAGS_MAX) {
            throw new RefusedException(new Refusal.LimitReached("tags of a user", TAGS_MAX));
        }
        boolean unchanged = state.user(user.name()).filter(user::equals).isPresent();
        return unchanged ? List.of() : List.of(new UserPut(user));
    }

    /** Deletes a user with all permissions. */
    public List<AccessCommand> deleteUser(String name) {
        requireUser(name);
        return List.of(new UserDeleted(name));
    }

    /** Says what a user may do in a virtual host, in place of what was said before. */
    public List<AccessCommand> putPermissions(String user, String vhost, Permissions permissions) {
        requireUser(user);
        requirePattern(permissions.configure());
        requirePattern(permissions.write());
        requirePattern(permissions.read());
        boolean unchanged = state.grant(user, vhost)
                .flatMap(Grant::permissions)
                .filter(permissions::equals)
                .isPresent();
        return unchanged ? List.of() : List.of(new PermissionPut(user, vhost, permissions));
    }

    /** Takes away what a user may do in a virtual host. */
    public List<AccessCommand> clearPermissions(String user, String vhost) {
        requireUser(user);
        Optional<Permissions> permissions = state.grant(user, vhost).flatMap(Grant::permissions);
        return permissions.isPresent() ? List.of(new PermissionCleared(user, vhost)) : List.of();
    }

    /** Restricts the routing keys that a user may use with a topic exchange. */
    public List<AccessCommand> putTopicPermission(
            String user, String vhost, String exchange, TopicPermission permission) {
        requireUser(user);
        requireTopicPattern(permission.write());
        requireTopicPattern(permission.read());
        boolean unchanged = state.grant(user, vhost)
                .map(grant -> grant.topicPermissions().get(exchange))
                .filter(permission::equals)
                .isPresent();
        return unchanged ? List.of() : List.of(new TopicPermissionPut(user, vhost, exchange, permission));
    }

    /** Lifts the restriction of one topic exchange. */
    public List<AccessCommand> clearTopicPermission(String user, String vhost, String exchange) {
        requireUser(user);
        boolean present = state.grant(user, vhost)
                .filter(grant -> grant.topicPermissions().containsKey(exchange))
                .isPresent();
        return present ? List.of(new TopicPermissionCleared(user, vhost, exchange)) : List.of();
    }

    /** What must go with a virtual host: everybody's permissions in it. */
    public List<AccessCommand> forgetVhost(String vhost) {
        List<AccessCommand> commands = new ArrayList<>();
        state.grants().filter(grant -> grant.vhost().equals(vhost)).forEach(grant -> {
            grant.permissions().ifPresent(_ -> commands.add(new PermissionCleared(grant.user(), vhost)));
            grant.topicPermissions()
                    .keySet()
                    .forEach(exchange -> commands.add(new TopicPermissionCleared(grant.user(), vhost, exchange)));
        });
        return commands;
    }

    private void requireUser(String name) {
        if (state.user(name).isEmpty()) {
            throw new RefusedException(new Refusal.UserNotFound(name));
        }
    }

    private static void requirePattern(String pattern) {
        requireUnicode("pattern", pattern);
        NamePattern.requireValid(pattern);
    }

    private static void requireTopicPattern(String pattern) {
        requireUnicode("pattern", pattern);
        TopicPattern.requireValid(pattern);
    }

    private static void requireName(String what, String name) {
        if (name.isEmpty()) {
            throw new RefusedException(new Refusal.InvalidText(what, name, "empty"));
        }
        if (name.length() > NAME_LENGTH_MAX) {
            throw new RefusedException(
                    new Refusal.InvalidText(what, name, "longer than " + NAME_LENGTH_MAX + " characters"));
        }
        requireUnicode(what, name);
    }

    private static void requireUnicode(String what, String text) {
        if (!ValueCodec.isUnicode(text)) {
            throw new RefusedException(new Refusal.InvalidText(what, text, "not valid Unicode"));
        }
    }
}
