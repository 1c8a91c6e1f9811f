package io.ferrymq.client.transport;

import java.util.Objects;

/**
 * Checks of the names that an application gives, where it gives them: the call that has a bad one ends there, before any
 * transport or broker sees it. Stateless.
 */
public final class Names {
    private Names() {}

    /**
     * Returns the value.
     *
     * @throws NullPointerException with {@code what} it was to be if it is null
     */
    public static <T> T notNull(T value, String what) {
        return Objects.requireNonNull(value, () -> what + " is null");
    }

    /**
     * Returns the name of a queue that exists or is to exist under just this name.
     *
     * @throws NullPointerException if it is null
     * @throws IllegalArgumentException if it is empty
     */
    public static String queue(String name) {
        if (notNull(name, "the queue's name").isEmpty()) {
            throw new IllegalArgumentException("the queue's name is empty");
        }
        return name;
    }

    /** Returns the name of an exchange, which is empty for the default exchange. */
    public static String exchange(String name) {
        return notNull(name, "the exchange's name");
    }
}
