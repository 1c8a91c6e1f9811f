package io.ferrymq.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for futures, with the exception that was meant. Any thread; holds no lock. */
final class Waits {
    /**
     * Looks so often before the thread is parked. A broker in this process answers within a microsecond or two, and a
     * thread that is parked and woken loses ten times that; over a network the looking is lost in the waiting.
     */
    private static final int LOOKS = Runtime.getRuntime().availableProcessors() > 1 ? 256 : 0;

    private Waits() {}

    private static void look(CompletableFuture<?> future) {
        for (int i = 0; i < LOOKS && !future.isDone(); i++) {
            Thread.onSpinWait();
        }
    }

    static <T extends @Nullable Object> T get(CompletableFuture<T> future) throws InterruptedException {
        look(future);
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw meant(e);
        }
    }

    static <T extends @Nullable Object> T get(CompletableFuture<T> future, Duration timeout)
            throws InterruptedException, TimeoutException {
        look(future);
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
