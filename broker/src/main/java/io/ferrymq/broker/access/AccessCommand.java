package io.ferrymq.broker.access;

import io.netty.buffer.ByteBuf;

/**
 * A change to who may do what, checked and decided. All of them are durable. {@link AccessRequests} makes commands,
 * {@link AccessState#apply} carries them out.
 */
public sealed interface AccessCommand {
    /** Creates a user, or replaces the password and the tags of an existing one. */
    record UserPut(User user) implements AccessCommand {}

    /** Deletes a user with all permissions. */
    record UserDeleted(String user) implements AccessCommand {}

    record PermissionPut(String user, String vhost, Permissions permissions) implements AccessCommand {}

    record PermissionCleared(String user, String vhost) implements AccessCommand {}

    record TopicPermissionPut(String user, String vhost, String exchange, TopicPermission permission)
            implements AccessCommand {}

    record TopicPermissionCleared(String user, String vhost, String exchange) implements AccessCommand {}

    /** Appends the command in the format that {@link AccessCommandCodec} describes. */
    default void encode(ByteBuf out) {
        AccessCommandCodec.encode(this, out);
    }

    /**
     * Reads one command.
     *
     * @throws IllegalArgumentException if the bytes are of another version or no command
     */
    static AccessCommand decode(ByteBuf in) {
        return AccessCommandCodec.decode(in);
    }
}
