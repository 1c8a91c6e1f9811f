package io.ferrymq.client;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What else takes time, as the same futures: files, HTTP, a timer, anything that blocks.
 *
 * <p>Thread contract: any thread; nothing blocks the caller. Work runs on virtual threads where the JVM has them, else on a
 * pool that grows. Cancelling a future interrupts its work.
 */
public final class Async {
    private Async() {}

    /** Made when it is first asked for, since it has a thread of its own. */
    private static final class Http {
        private static final HttpClient CLIENT =
                HttpClient.newBuilder().executor(Threads.executor()).build();
    }

    /** Runs something that may block. */
    public static <T> CompletableFuture<T> run(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Threads.executor().execute(() -> {
            Thread worker = Thread.currentThread();
            Promises.whenDone(result, (value, error) -> {
                if (result.isCancelled()) {
                    worker.interrupt();
                }
            });
            try {
                result.complete(work.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** The bytes of a file. Fails with {@link IOException}. */
    public static CompletableFuture<byte[]> readFile(Path file) {
        return run(() -> Files.readAllBytes(file));
    }

    /** Writes a file, as {@link Files#write} does with these options. Fails with {@link IOException}. */
    public static CompletableFuture<Path> writeFile(Path file, byte[] bytes, OpenOption... options) {
        return run(() -> Files.write(file, bytes, options));
    }

    /** Sends an HTTP request; the body of the answer is whatever {@code body} makes of it. */
    public static <T> CompletableFuture<HttpResponse<T>> http(HttpRequest request, HttpResponse.BodyHandler<T> body) {
        return Http.CLIENT.sendAsync(request, body);
    }

    /** Completes not earlier than that time from now. */
    public static CompletableFuture<Void> after(Duration delay) {
        CompletableFuture<Void> over = new CompletableFuture<>();
        Threads.after(delay.toMillis(), () -> over.complete(null));
        return over;
    }

    /** All values, in the order of the futures, when the last is there; fails as soon as one does. */
    public static <T> CompletableFuture<List<T>> all(List<CompletableFuture<T>> futures) {
        CompletableFuture<List<T>> all = new CompletableFuture<>();
        AtomicInteger missing = new AtomicInteger(futures.size());
        if (futures.isEmpty()) {
            all.complete(List.of());
        }
        for (CompletableFuture<T> future : futures) {
            Promises.whenDone(future, (value, error) -> {
                if (error != null) {
                    all.completeExceptionally(Promises.cause(error));
                } else if (missing.decrementAndGet() == 0) {
                    all.complete(values(futures));
                }
            });
        }
        return all;
    }

    private static <T> List<T> values(List<CompletableFuture<T>> futures) {
        List<T> values = new ArrayList<>();
        futures.forEach(future -> values.add(future.join()));
        return values;
    }

    /** The first value that is there; fails with the last failure if all fail. */
    public static <T> CompletableFuture<T> any(List<CompletableFuture<T>> futures) {
        if (futures.isEmpty()) {
            throw new IllegalArgumentException("none of no futures can complete");
        }
        CompletableFuture<T> any = new CompletableFuture<>();
        AtomicInteger open = new AtomicInteger(futures.size());
        for (CompletableFuture<T> future : futures) {
            Promises.whenDone(future, (value, error) -> decide(any, future, error, open.decrementAndGet()));
        }
        return any;
    }

    private static <T> void decide(
            CompletableFuture<T> any, CompletableFuture<T> one, @Nullable Throwable error, int open) {
        if (error == null) {
            any.complete(one.join());
        } else if (open == 0) {
            any.completeExceptionally(Promises.cause(error));
        }
    }
}
