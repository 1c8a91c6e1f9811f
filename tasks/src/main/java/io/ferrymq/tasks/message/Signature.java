package io.ferrymq.tasks.message;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that is not made yet: what Celery calls a signature.
 *
 * @param task the name of the task
 * @param options what {@code apply_async} takes: {@code task_id}, {@code queue}, {@code countdown}, {@code link} …
 * @param subtaskType {@code chain}, {@code group}, {@code chord} … for one that stands for several; null for a plain one
 * @param immutable whether it takes no result of the task before it
 */
public record Signature(
        String task,
        List<@Nullable Object> args,
        Map<String, @Nullable Object> kwargs,
        Map<String, @Nullable Object> options,
        @Nullable String subtaskType,
        boolean immutable) {
    /** A plain call. */
    public static Signature of(String task, List<@Nullable Object> args) {
        return new Signature(task, args, Map.of(), Map.of(), null, false);
    }

    /** The same call with one option more, or another value of it. */
    public Signature withOption(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(options);
        more.put(name, value);
        return new Signature(task, args, kwargs, more, subtaskType, immutable);
    }

    /** The same call without one option. */
    public Signature withoutOption(String name) {
        Map<String, @Nullable Object> fewer = new LinkedHashMap<>(options);
        fewer.remove(name);
        return new Signature(task, args, kwargs, fewer, subtaskType, immutable);
    }

    /** The same call, which takes no result of the task before it. */
    public Signature withoutResults() {
        return new Signature(task, args, kwargs, options, subtaskType, true);
    }

    /** An option that is a text; null if it is none. */
    public @Nullable String textOption(String name) {
        return options.get(name) instanceof String text ? text : null;
    }

    /** The same call with a result before its own arguments, unless it is immutable. */
    public Signature withResult(@Nullable Object result) {
        if (immutable) {
            return this;
        }
        List<@Nullable Object> more = new ArrayList<>();
        more.add(result);
        more.addAll(args);
        return new Signature(task, more, kwargs, options, subtaskType, false);
    }

    /** As it stands in JSON. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("task", task);
        map.put("args", args);
        map.put("kwargs", kwargs);
        map.put("options", options);
        map.put("subtask_type", subtaskType);
        map.put("immutable", immutable);
        return map;
    }

    /**
     * Reads what {@link #toMap} made.
     *
     * @throws BadMessageException if it is no signature
     */
    public static Signature fromMap(@Nullable Object value) {
        Fields fields = Fields.of(value, "a signature");
        return new Signature(
                fields.text("task"),
                fields.list("args"),
                fields.map("kwargs"),
                fields.map("options"),
                fields.textOrNull("subtask_type"),
                fields.truth("immutable"));
    }
}
