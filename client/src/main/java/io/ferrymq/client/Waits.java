package io.ferrymq.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for futures, with the exception that was meant. Any thread; holds no lock. */
final class Waits {
    private Waits() {}

    static <T extends @Nullable Object> T get(CompletableFuture<T> future) throws InterruptedException {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw meant(e);
        }
    }

    static <T extends @Nullable Object> T get(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, TimeoutException {
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw meant(e);
        }
    }

    /** The same exception object would show the stack of another thread only; this one shows both. */
    private static RuntimeException meant(ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof RuntimeException thrown) {
            thrown.addSuppressed(new IllegalStateException("waited for here"));
            return thrown;
        }
        return new IllegalStateException(cause);
    }
}
