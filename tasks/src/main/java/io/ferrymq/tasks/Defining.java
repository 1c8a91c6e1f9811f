package io.ferrymq.tasks;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Ways to define a task. A lambda gets its arguments by place; a call with more or fewer, with one by name, with null or
 * with one of a wrong type fails before the lambda runs.
 *
 * <p>A body may return a {@link CompletionStage}: the call runs, and has its slot, until that completes. A limit or a
 * revocation cancels it.
 *
 * <p>Thread contract: any thread.
 */
public sealed interface Defining permits Tasks {
    /** Defines a task by its body, which sees the whole call. */
    <R> Task<R> define(String name, Class<R> result, TaskOptions options, TaskBody body);

    /** Defines every method of an object that is a {@link TaskMethod}; of a class, those that are static. */
    List<Task<?>> register(Object methods);

    /** Defines a task that takes nothing and gives nothing. */
    default Task<Void> define(String name, TaskFunction.Action body) {
        return define(name, TaskOptions.DEFAULTS, body);
    }

    /** Defines a task that takes nothing and gives nothing. */
    default Task<Void> define(String name, TaskOptions options, TaskFunction.Action body) {
        return define(name, Void.class, options, () -> {
            body.run();
            return null;
        });
    }

    /** Defines a task without arguments. */
    default <R> Task<R> define(String name, Class<R> result, TaskFunction.Of0<R> body) {
        return define(name, result, TaskOptions.DEFAULTS, body);
    }

    /** Defines a task without arguments. */
    default <R> Task<R> define(String name, Class<R> result, TaskOptions options, TaskFunction.Of0<R> body) {
        return define(name, result, options, Bodies.of(body));
    }

    /** Defines a task of one argument. */
    default <A, R> Task<R> define(String name, Class<A> argument, Class<R> result, TaskFunction.Of1<A, R> body) {
        return define(name, argument, result, TaskOptions.DEFAULTS, body);
    }

    /** Defines a task of one argument. */
    default <A, R> Task<R> define(
            String name, Class<A> argument, Class<R> result, TaskOptions options, TaskFunction.Of1<A, R> body) {
        return define(name, result, options, Bodies.of(argument, body));
    }

    /** Defines a task of two arguments. */
    default <A, B, R> Task<R> define(
            String name, Class<A> first, Class<B> second, Class<R> result, TaskFunction.Of2<A, B, R> body) {
        return define(name, first, second, result, TaskOptions.DEFAULTS, body);
    }

    /** Defines a task of two arguments. */
    default <A, B, R> Task<R> define(
            String name,
            Class<A> first,
            Class<B> second,
            Class<R> result,
            TaskOptions options,
            TaskFunction.Of2<A, B, R> body) {
        return define(name, result, options, Bodies.of(first, second, body));
    }

    /** Defines a task of three arguments. */
    default <A, B, C, R> Task<R> define(
            String name,
            Class<A> first,
            Class<B> second,
            Class<C> third,
            Class<R> result,
            TaskFunction.Of3<A, B, C, R> body) {
        return define(name, first, second, third, result, TaskOptions.DEFAULTS, body);
    }

    /** Defines a task of three arguments. */
    default <A, B, C, R> Task<R> define(
            String name,
            Class<A> first,
            Class<B> second,
            Class<C> third,
            Class<R> result,
            TaskOptions options,
            TaskFunction.Of3<A, B, C, R> body) {
        return define(name, result, options, Bodies.of(first, second, third, body));
    }

    /** Defines a task without arguments whose result comes later. */
    default <R> Task<R> defineAsync(
            String name, Class<R> result, TaskOptions options, TaskFunction.Of0<? extends CompletionStage<R>> body) {
        return define(name, result, options, Bodies.of(body));
    }

    /** Defines a task of one argument whose result comes later. */
    default <A, R> Task<R> defineAsync(
            String name,
            Class<A> argument,
            Class<R> result,
            TaskOptions options,
            TaskFunction.Of1<A, ? extends CompletionStage<R>> body) {
        return define(name, result, options, Bodies.of(argument, body));
    }

    /** Defines a task of two arguments whose result comes later. */
    default <A, B, R> Task<R> defineAsync(
            String name,
            Class<A> first,
            Class<B> second,
            Class<R> result,
            TaskOptions options,
            TaskFunction.Of2<A, B, ? extends CompletionStage<R>> body) {
        return define(name, result, options, Bodies.of(first, second, body));
    }
}
