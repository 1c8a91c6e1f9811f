package io.ferrymq.tasks;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** Makes a body of a function: its arguments are bound before it runs. */
final class Bodies {
    private Bodies() {}

    static TaskBody of(TaskFunction.Of0<?> function) {
        Parameters parameters = Parameters.ofTypes();
        return call -> {
            parameters.bind(call);
            return function.run();
        };
    }

    static <A> TaskBody of(Class<A> type, TaskFunction.Of1<A, ?> function) {
        Parameters parameters = Parameters.ofTypes(type);
        return call -> {
            @Nullable Object[] bound = parameters.bind(call);
            return function.run(cast(type, bound[0]));
        };
    }

    static <A, B> TaskBody of(Class<A> first, Class<B> second, TaskFunction.Of2<A, B, ?> function) {
        Parameters parameters = Parameters.ofTypes(first, second);
        return call -> {
            @Nullable Object[] bound = parameters.bind(call);
            return function.run(cast(first, bound[0]), cast(second, bound[1]));
        };
    }

    static <A, B, C> TaskBody of(
            Class<A> first, Class<B> second, Class<C> third, TaskFunction.Of3<A, B, C, ?> function) {
        Parameters parameters = Parameters.ofTypes(first, second, third);
        return call -> {
            @Nullable Object[] bound = parameters.bind(call);
            return function.run(cast(first, bound[0]), cast(second, bound[1]), cast(third, bound[2]));
        };
    }

    private static <T> T cast(Class<T> type, @Nullable Object value) {
        return Call.boxed(type).cast(Objects.requireNonNull(value));
    }

    /** The same body, whose result has come when it returns. An interrupt cancels what is waited for. */
    static TaskBody awaiting(TaskBody body) {
        return call -> {
            Object result = body.run(call);
            return result instanceof CompletionStage<?> stage ? await(stage.toCompletableFuture()) : result;
        };
    }

    private static @Nullable Object await(CompletableFuture<?> future) throws Exception {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }
}
