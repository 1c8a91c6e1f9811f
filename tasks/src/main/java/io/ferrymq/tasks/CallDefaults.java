package io.ferrymq.tasks;

import io.ferrymq.tasks.message.Signature;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What calls of a task say when their caller says nothing, if the caller's program has the task's definition.
 *
 * @param expires after which a call is not to run any more, counted from when it is sent; null for never
 * @param priority 0 to 255; null for none
 * @param headers of the caller's own
 */
public record CallDefaults(
        @Nullable Duration expires, @Nullable Integer priority, Map<String, @Nullable Object> headers) {
    /** Nothing. */
    public static final CallDefaults NONE = new CallDefaults(null, null, Map.of());

    public CallDefaults {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        if (expires != null && expires.isNegative()) {
            throw new IllegalArgumentException("a call expires after a negative time");
        }
        if (priority != null && (priority < 0 || priority > 255)) {
            throw new IllegalArgumentException("a priority of " + priority + ": 0 to 255 is possible");
        }
    }

    /** The same call with what it does not say itself. */
    Signature fill(Signature signature) {
        Signature filled = signature;
        if (expires != null && !signature.options().containsKey(SignatureOptions.EXPIRES)) {
            filled = filled.withOption(SignatureOptions.EXPIRES, expires.toMillis() / 1_000.0);
        }
        if (priority != null && !signature.options().containsKey(SignatureOptions.PRIORITY)) {
            filled = filled.withOption(SignatureOptions.PRIORITY, priority);
        }
        if (!headers.isEmpty()) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>(headers);
            all.putAll(SignatureOptions.headers(signature));
            filled = filled.withOption(SignatureOptions.HEADERS, all);
        }
        return filled;
    }
}
