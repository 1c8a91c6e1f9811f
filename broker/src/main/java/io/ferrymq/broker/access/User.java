package io.ferrymq.broker.access;

import java.util.List;

/**
 * Someone who may log in.
 *
 * @param tags what the management interface lets the user do, such as {@code administrator}
 */
public record User(String name, PasswordHash passwordHash, List<String> tags) {
    /** May do everything in the management interface. */
    public static final String ADMINISTRATOR = "administrator";

    public User {
        tags = List.copyOf(tags);
    }

    public boolean hasTag(String tag) {
        return tags.contains(tag);
    }
}
