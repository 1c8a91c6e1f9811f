package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.Signature;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that every worker knows, by their names in Celery: another task for each item of a list, one after the other in
 * one call. Any thread.
 *
 * <pre>
 *   celery.map       task, it       [task(item), …]
 *   celery.starmap   task, it       [task(*item), …]
 *   celery.chunks    task, it, n    the results of starmap, in lists of n; Celery's own sends calls and returns their ids
 * </pre>
 */
final class BuiltIns {
    private static final String MAP = "celery.map";
    private static final String STARMAP = "celery.starmap";
    private static final String CHUNKS = "celery.chunks";
    private static final String TASK = "task";
    private static final String ITEMS = "it";

    private final Tasks tasks;
    private final Map<String, Tasks.Definition> definitions;

    BuiltIns(Tasks tasks) {
        this.tasks = tasks;
        this.definitions = Map.of(
                MAP, new Tasks.Definition(MAP, TaskOptions.DEFAULTS, this::map),
                STARMAP, new Tasks.Definition(STARMAP, TaskOptions.DEFAULTS, this::starmap),
                CHUNKS, new Tasks.Definition(CHUNKS, TaskOptions.DEFAULTS, this::chunks));
    }

    Tasks.@Nullable Definition find(String name) {
        return definitions.get(name);
    }

    // ---- calling ----

    static Signature mapOf(Signature task, List<?> items) {
        return new Signature(MAP, List.of(), arguments(task, items), Map.of(), null, true);
    }

    static Signature starmapOf(Signature task, List<? extends List<?>> items) {
        return new Signature(STARMAP, List.of(), arguments(task, items), Map.of(), null, true);
    }

    private static Map<String, @Nullable Object> arguments(Signature task, List<?> items) {
        return Map.of(TASK, task.toMap(), ITEMS, Collections.unmodifiableList(new ArrayList<>(items)));
    }

    // ---- running ----

    private Object map(Call call) throws Exception {
        return each(call, item -> {
            List<@Nullable Object> args = new ArrayList<>();
            args.add(item);
            return args;
        });
    }

    private Object starmap(Call call) throws Exception {
        return each(call, BuiltIns::argumentsOf);
    }

    private Object chunks(Call call) throws Exception {
        List<@Nullable Object> results = each(call, BuiltIns::argumentsOf);
        if (!(call.kwargs().get("n") instanceof Number n) || n.intValue() < 1) {
            throw new BadMessageException("chunks of no size");
        }
        List<List<@Nullable Object>> chunks = new ArrayList<>();
        for (int from = 0; from < results.size(); from += n.intValue()) {
            chunks.add(results.subList(from, Math.min(results.size(), from + n.intValue())));
        }
        return chunks;
    }

    @SuppressWarnings("unchecked") // A list of anything is a list of objects.
    private static List<@Nullable Object> argumentsOf(@Nullable Object item) {
        if (item instanceof List<?> list) {
            return (List<@Nullable Object>) list;
        }
        throw new BadMessageException("an item that is no list of arguments");
    }

    private interface Arguments {
        List<@Nullable Object> of(@Nullable Object item);
    }

    private List<@Nullable Object> each(Call call, Arguments arguments) throws Exception {
        Signature signature = Signature.fromMap(call.kwargs().get(TASK));
        Tasks.@Nullable Definition definition = tasks.definition(signature.task());
        if (definition == null) {
            throw new BadMessageException("no task of the name " + signature.task() + " is defined here");
        }
        if (!(call.kwargs().get(ITEMS) instanceof List<?> items)) {
            throw new BadMessageException("nothing to go through");
        }
        List<@Nullable Object> results = new ArrayList<>(items.size());
        for (Object item : items) {
            results.add(definition.body().run(call.of(signature.task(), arguments.of(item))));
        }
        return results;
    }
}
