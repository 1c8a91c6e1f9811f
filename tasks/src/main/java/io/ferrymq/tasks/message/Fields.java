package io.ferrymq.tasks.message;

import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a map from outside, each asked for by its type; what does not fit is named in a {@link
 * BadMessageException}. Immutable.
 */
public final class Fields {
    private final Map<?, ?> map;
    private final String what;

    private Fields(Map<?, ?> map, String what) {
        this.map = map;
        this.what = what;
    }

    /**
     * The fields of a value that has to be a map.
     *
     * @param what names the whole in errors
     */
    public static Fields of(@Nullable Object value, String what) {
        if (value instanceof Map<?, ?> map) {
            return new Fields(map, what);
        }
        throw new BadMessageException(what + " is no object");
    }

    /** All of them. */
    public Map<?, ?> all() {
        return Collections.unmodifiableMap(map);
    }

    public boolean has(String name) {
        return map.get(name) != null;
    }

    public @Nullable Object value(String name) {
        return map.get(name);
    }

    public String text(String name) {
        String text = textOrNull(name);
        if (text == null || text.isEmpty()) {
            throw new BadMessageException(what + " has no " + name);
        }
        return text;
    }

    public @Nullable String textOrNull(String name) {
        Object value = map.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw wrong(name, "text");
    }

    public boolean truth(String name) {
        Object value = map.get(name);
        if (value == null || value instanceof Boolean) {
            return value != null && (Boolean) value;
        }
        throw wrong(name, "truth value");
    }

    public int count(String name) {
        Object value = map.get(name);
        if (value == null) {
            return 0;
        }
        if (value instanceof Number number && number.longValue() >= 0 && number.longValue() <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw wrong(name, "count");
    }

    public @Nullable Integer countOrNull(String name) {
        return has(name) ? (Integer) count(name) : null;
    }

    /** A moment in ISO 8601; null if there is none. */
    public @Nullable OffsetDateTime moment(String name) {
        String text = textOrNull(name);
        if (text == null) {
            return null;
        }
        try {
            return PythonTime.parseMoment(text);
        } catch (DateTimeParseException e) {
            throw new BadMessageException(what + " has a wrong " + name + ": " + PythonRepr.of(text), e);
        }
    }

    /** A list; empty if there is none. */
    @SuppressWarnings("unchecked") // A list of anything is a list of objects.
    public List<@Nullable Object> list(String name) {
        Object value = map.get(name);
        if (value == null || value instanceof List<?>) {
            return value == null ? List.of() : (List<@Nullable Object>) value;
        }
        throw wrong(name, "list");
    }

    /** A map from texts; empty if there is none. */
    @SuppressWarnings("unchecked") // The names are looked at.
    public Map<String, @Nullable Object> map(String name) {
        Object value = map.get(name);
        if (value == null) {
            return Map.of();
        }
        if (value instanceof Map<?, ?> inner && inner.keySet().stream().allMatch(String.class::isInstance)) {
            return (Map<String, @Nullable Object>) inner;
        }
        throw wrong(name, "object");
    }

    public List<Signature> signatures(String name) {
        return list(name).stream().map(Signature::fromMap).toList();
    }

    private BadMessageException wrong(String name, String type) {
        return new BadMessageException(
                what + " has a " + name + " that is no " + type + ": " + PythonRepr.of(map.get(name)));
    }
}
