package io.ferrymq.tasks;

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

    private static List<@Nullable Object> listOf(@Nullable Object[] args) {
        return new ArrayList<>(Arrays.asList(args));
    }
}
