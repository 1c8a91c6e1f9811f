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

    /** How many have ended with a result. */
    public int completed() {
        return (int) members.stream().filter(AsyncResult::successful).count();
    }

    /** How many have ended without one. */
    public int failed() {
        return (int) members.stream().filter(AsyncResult::failed).count();
    }

    /** How many have not ended. */
    public int waiting() {
        return (int) members.stream().filter(member -> !member.ready()).count();
    }

    /** Whether all have ended. */
    public boolean ready() {
        return members.stream().allMatch(AsyncResult::ready);
    }

    /** Whether all have ended with a result. */
    public boolean successful() {
        return members.stream().allMatch(AsyncResult::successful);
    }

    /** Has workers drop those that have not begun, such as when one has failed. */
    public CompletableFuture<Void> revoke() {
        return members.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : members.get(0).revokeAll(members.stream().map(AsyncResult::id).toList());
    }
}
