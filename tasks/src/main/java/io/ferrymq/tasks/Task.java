package io.ferrymq.tasks;

import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.Signature;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A task by its name, wherever the workers are that know it. Immutable.
 *
 * @param <R> what it returns
 */
public final class Task<R> {
    private final Tasks tasks;
    private final String name;
    private final Type resultType;

    Task(Tasks tasks, String name, Type resultType) {
        this.tasks = tasks;
        this.name = name;
        this.resultType = resultType;
    }

    public String name() {
        return name;
    }

    /** Calls it: {@code add.delay(4, 4).get(timeout)}. */
    public AsyncResult<R> delay(@Nullable Object... args) {
        return call(args).send();
    }

    /** A call to be given options, or to be put together with others. */
    public TaskCall<R> call(@Nullable Object... args) {
        return new TaskCall<>(tasks, resultType, Signature.of(name, listOf(args)));
    }

    /** A call with arguments by name. */
    public TaskCall<R> call(List<? extends @Nullable Object> args, Map<String, ? extends @Nullable Object> kwargs) {
        return new TaskCall<>(
                tasks,
                resultType,
                new Signature(name, new ArrayList<>(args), Map.copyOf(kwargs), Map.of(), null, false));
    }

    // ---- for many items ----

    /** One call that runs the task for each item, one after the other, and returns the list of results. */
    public TaskCall<List<R>> map(List<?> items) {
        return new TaskCall<>(
                tasks, KombuJson.listOf(resultType), inOwnQueue(BuiltIns.mapOf(call().signature(), items)));
    }

    /** One call that runs the task for each list of arguments, one after the other, and returns the list of results. */
    public TaskCall<List<R>> starmap(List<? extends List<?>> items) {
        return new TaskCall<>(
                tasks, KombuJson.listOf(resultType), inOwnQueue(BuiltIns.starmapOf(call().signature(), items)));
    }

    /** Calls that run the task for so many lists of arguments each; a group of lists of results. */
    public Group<List<R>> chunks(List<? extends List<?>> items, int size) {
        if (size < 1) {
            throw new IllegalArgumentException("chunks of " + size);
        }
        List<TaskCall<List<R>>> calls = new ArrayList<>();
        for (int from = 0; from < items.size(); from += size) {
            calls.add(starmap(items.subList(from, Math.min(items.size(), from + size))));
        }
        return tasks.group(calls);
    }

    /** Who knows the task is where its own calls go. */
    private Signature inOwnQueue(Signature signature) {
        Tasks.@Nullable Definition definition = tasks.definition(name);
        return definition == null
                ? signature
                : signature.withOption(
                        SignatureOptions.QUEUE, definition.options().queue());
    }

    private static List<@Nullable Object> listOf(@Nullable Object[] args) {
        return new ArrayList<>(Arrays.asList(args));
    }
}
