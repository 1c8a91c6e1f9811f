package io.ferrymq.tasks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the calls of a group, in their order. Any thread.
 *
 * @param <R> what each of them returns
 */
public record GroupResult<R>(String id, List<AsyncResult<R>> members) {
    public GroupResult {
        members = List.copyOf(members);
    }

    /** All results to come. It fails when the first call does; the others go on. */
    public CompletableFuture<List<@Nullable R>> future() {
        CompletableFuture<List<@Nullable R>> all = new CompletableFuture<>();
        List<CompletableFuture<@Nullable R>> futures =
                members.stream().map(AsyncResult::future).toList();
        for (CompletableFuture<@Nullable R> future : futures) {
            CompletableFuture<?> unused = future.whenComplete((result, problem) -> {
                if (problem != null) {
                    all.completeExceptionally(problem);
                }
            });
        }
        CompletableFuture<?> unused = CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    List<@Nullable R> results = new ArrayList<>();
                    futures.forEach(future -> results.add(future.join()));
                    all.complete(results);
                });
        return all;
    }

    /**
     * Waits for all results.
     *
     * @throws TaskFailedException if a call failed
     * @throws TimeoutException if they have not all ended in that time; they go on
     */
    public List<@Nullable R> get(Duration timeout) throws InterruptedException, TimeoutException {
        return members.isEmpty() ? List.of() : members.get(0).await(future(), timeout);
    }

    /** Has workers drop those that have not begun, such as when one has failed. */
    public CompletableFuture<Void> revoke() {
        return CompletableFuture.allOf(members.stream().map(AsyncResult::revoke).toArray(CompletableFuture[]::new));
    }
}
