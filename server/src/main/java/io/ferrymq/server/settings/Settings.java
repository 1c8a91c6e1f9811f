package io.ferrymq.server.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The value of every key.
 *
 * <p>Thread contract: immutable.
 */
public final class Settings {
    private static final String DEFAULT = "default";

    private final Map<String, Assignment> assigned;

    private Settings(Map<String, Assignment> assigned) {
        this.assigned = assigned;
    }

    /**
     * Takes the last assignment of each key.
     *
     * @throws SettingsException if a key is unknown or a value is not of its key's type
     */
    static Settings of(List<Assignment> inOrder) throws SettingsException {
        Map<String, Assignment> assigned = new HashMap<>();
        for (Assignment assignment : inOrder) {
            requireGood(assignment);
            assigned.put(assignment.key(), assignment);
        }
        return new Settings(assigned);
    }

    /** The value of a key that has a default. */
    public <T> T get(Key<T> key) {
        return key.type().read(textOf(key));
    }

    /** The value of a key that may have none. */
    public <T> Optional<T> find(Key<T> key) {
        String text = textOf(key);
        return text.isEmpty() ? Optional.empty() : Optional.of(key.type().read(text));
    }

    /** The value's text. */
    public String textOf(Key<?> key) {
        Assignment assignment = assigned.get(key.name());
        return assignment == null ? key.defaultText() : assignment.text();
    }

    /** Where the value comes from. */
    public String sourceOf(Key<?> key) {
        Assignment assignment = assigned.get(key.name());
        return assignment == null ? DEFAULT : assignment.source();
    }

    private static void requireGood(Assignment assignment) throws SettingsException {
        Key<?> key = Keys.named(assignment.key());
        if (key == null) {
            throw new SettingsException(unknown(assignment));
        }
        boolean isUnset = assignment.text().isEmpty() && key.defaultText().isEmpty();
        if (!isUnset && !isGood(key, assignment.text())) {
            throw new SettingsException("bad value for %s (%s): \"%s\" is not %s"
                    .formatted(
                            key.name(),
                            assignment.source(),
                            assignment.text(),
                            key.type().expectation()));
        }
    }

    private static boolean isGood(Key<?> key, String text) {
        try {
            key.type().read(text);
            return true;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    private static String unknown(Assignment assignment) {
        @Nullable String nearest = Nearest.of(assignment.key(), Keys.names());
        return "unknown key %s (%s)%s; './ferry config' lists all keys"
                .formatted(
                        assignment.key(),
                        assignment.source(),
                        nearest == null ? "" : ", did you mean " + nearest + "?");
    }
}
