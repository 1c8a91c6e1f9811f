package io.ferrymq.broker.access;

import static io.ferrymq.broker.message.ValueCodec.readBytes;
import static io.ferrymq.broker.message.ValueCodec.readCount;
import static io.ferrymq.broker.message.ValueCodec.readText;
import static io.ferrymq.broker.message.ValueCodec.writeBytes;
import static io.ferrymq.broker.message.ValueCodec.writeText;
import static io.ferrymq.broker.message.ValueCodec.writeVarint;

import io.ferrymq.broker.access.AccessCommand.PermissionCleared;
import io.ferrymq.broker.access.AccessCommand.PermissionPut;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionCleared;
import io.ferrymq.broker.access.AccessCommand.TopicPermissionPut;
import io.ferrymq.broker.access.AccessCommand.UserDeleted;
import io.ferrymq.broker.access.AccessCommand.UserPut;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands as bytes. Texts and varints are those of {@link io.ferrymq.broker.message.ValueCodec}.
 *
 * <pre>
 *  command  ::= version:uint8 (1)  kind:uint8  user:text  content
 *
 *  kind  command                 content
 *   1    UserPut                 algorithm:text  length:varint saltedHash:bytes  count:varint tag:text*count
 *   2    UserDeleted             nothing
 *   3    PermissionPut           vhost:text  configure:text  write:text  read:text
 *   4    PermissionCleared       vhost:text
 *   5    TopicPermissionPut      vhost:text  exchange:text  write:text  read:text
 *   6    TopicPermissionCleared  vhost:text  exchange:text
 * </pre>
 */
final class AccessCommandCodec {
    private static final int VERSION = 1;

    private static final int USER_PUT = 1;
    private static final int USER_DELETED = 2;
    private static final int PERMISSION_PUT = 3;
    private static final int PERMISSION_CLEARED = 4;
    private static final int TOPIC_PERMISSION_PUT = 5;
    private static final int TOPIC_PERMISSION_CLEARED = 6;

    private AccessCommandCodec() {}

    static void encode(AccessCommand command, ByteBuf out) {
        switch (command) {
            case UserPut put -> write(begin(out, USER_PUT, put.user().name()), put.user());
            case UserDeleted deleted -> begin(out, USER_DELETED, deleted.user());
            case PermissionPut put -> {
                writeTexts(begin(out, PERMISSION_PUT, put.user()), put.vhost());
                write(out, put.permissions());
            }
            case PermissionCleared cleared ->
                writeTexts(begin(out, PERMISSION_CLEARED, cleared.user()), cleared.vhost());
            case TopicPermissionPut put -> {
                writeTexts(begin(out, TOPIC_PERMISSION_PUT, put.user()), put.vhost(), put.exchange());
                write(out, put.permission());
            }
            case TopicPermissionCleared cleared ->
                writeTexts(begin(out, TOPIC_PERMISSION_CLEARED, cleared.user()), cleared.vhost(), cleared.exchange());
        }
    }

    static AccessCommand decode(ByteBuf in) {
        int version = in.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException("an access command of version " + version);
        }
        int kind = in.readByte();
        String user = readText(in);
        return switch (kind) {
            case USER_PUT -> new UserPut(readUser(in, user));
            case USER_DELETED -> new UserDeleted(user);
            case PERMISSION_PUT -> new PermissionPut(user, readText(in), readPermissions(in));
            case PERMISSION_CLEARED -> new PermissionCleared(user, readText(in));
            case TOPIC_PERMISSION_PUT ->
                new TopicPermissionPut(user, readText(in), readText(in), readTopicPermission(in));
            case TOPIC_PERMISSION_CLEARED -> new TopicPermissionCleared(user, readText(in), readText(in));
            default -> throw new IllegalArgumentException("no access command has kind " + kind);
        };
    }

    private static ByteBuf begin(ByteBuf out, int kind, String user) {
        out.writeByte(VERSION).writeByte(kind);
        writeText(out, user);
        return out;
    }

    private static void writeTexts(ByteBuf out, String... texts) {
        for (String text : texts) {
            writeText(out, text);
        }
    }

    private static void write(ByteBuf out, User user) {
        writeText(out, user.passwordHash().algorithm().wireName());
        writeBytes(out, user.passwordHash().toBytes());
        writeVarint(out, user.tags().size());
        user.tags().forEach(tag -> writeText(out, tag));
    }

    private static User readUser(ByteBuf in, String name) {
        String algorithmName = readText(in);
        HashingAlgorithm algorithm = HashingAlgorithm.of(algorithmName)
                .orElseThrow(() -> new IllegalArgumentException("no hashing algorithm is called " + algorithmName));
        PasswordHash hash = PasswordHash.ofBytes(algorithm, readBytes(in));
        int tagCount = readCount(in);
        List<String> tags = new ArrayList<>();
        for (int i = 0; i < tagCount; i++) {
            tags.add(readText(in));
        }
        return new User(name, hash, tags);
    }

    private static void write(ByteBuf out, Permissions permissions) {
        writeTexts(out, permissions.configure(), permissions.write(), permissions.read());
    }

    private static Permissions readPermissions(ByteBuf in) {
        return new Permissions(readText(in), readText(in), readText(in));
    }

    private static void write(ByteBuf out, TopicPermission permission) {
        writeTexts(out, permission.write(), permission.read());
    }

    private static TopicPermission readTopicPermission(ByteBuf in) {
        return new TopicPermission(readText(in), readText(in));
    }
}
