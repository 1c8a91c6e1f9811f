package io.ferrymq.embedded;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tables as the broker takes them, where a value may be null. */
final class Tables {
    private Tables() {}

    static Map<String, @Nullable Object> nullable(Map<String, Object> table) {
        return new LinkedHashMap<>(table);
    }
}
