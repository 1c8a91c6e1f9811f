package io.ferrymq.client;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Futures for applications: they complete on a thread where anything may be done, since the ones below complete on a
 * transport's thread, and cancelling them reaches down.
 */
final class Promises {
    private Promises() {}

    /** @param cancel ends what {@code inner} waits for */
    static <S extends @Nullable Object, T extends @Nullable Object> CompletableFuture<T> offered(
            CompletableFuture<S> inner, Runnable cancel, Function<S, T> result) {
        return handedOver(inner, cancel, result, unwanted -> {});
    }

    /** @param unwanted gets a result that came too late, because the future was cancelled before */
    static <S extends @Nullable Object, T extends @Nullable Object> CompletableFuture<T> handedOver(
            CompletableFuture<S> inner, Runnable cancel, Function<S, T> result, Consumer<S> unwanted) {
        CompletableFuture<T> outer = new CompletableFuture<>();
        whenDone(inner, (value, error) -> Threads.executor().execute(() -> hand(inner, outer, result, unwanted)));
        whenDone(outer, (value, error) -> {
            if (error instanceof CancellationException) {
                cancel.run();
            }
        });
        return outer;
    }

    private static <S extends @Nullable Object, T extends @Nullable Object> void hand(
            CompletableFuture<S> inner, CompletableFuture<T> outer, Function<S, T> result, Consumer<S> unwanted) {
        try {
            S value = inner.join();
            if (!outer.complete(result.apply(value))) {
                unwanted.accept(value);
            }
        } catch (CompletionException | CancellationException e) {
            outer.completeExceptionally(cause(e));
        }
    }

    /** Does something when a future has completed, on the thread that completes it. What that throws is a fault of ours. */
    static <T extends @Nullable Object> void whenDone(
            CompletableFuture<T> future, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> action) {
        CompletableFuture<T> unused = future.whenComplete((value, error) -> {
            try {
                action.accept(value, error);
            } catch (RuntimeException | Error fault) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, fault);
            }
        });
    }

    /** What a stage wrapped. */
    static Throwable cause(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
