package io.ferrymq.tasks;

import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.KombuJson;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.TaskState;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one call: a promise. Any thread; what is attached to its future runs on the common pool.
 *
 * <p>States are the latest that came. A result is waited for until it comes, for a day at most.
 *
 * @param <R> what the task returns
 */
public final class AsyncResult<R> {
    private final Tasks tasks;
    private final String id;
    private final Type type;
    private final CompletableFuture<@Nullable R> future = new CompletableFuture<>();

    /** Written by the thread that results come in on, read by all. */
    private volatile TaskState state = TaskState.PENDING;

    /** Written with the state. */
    private volatile List<String> children = List.of();

    /** For a call of any program; set before anybody else has this. */
    private StoredResults.@Nullable Reader reader;

    /** Set before anybody else has this. */
    private List<AsyncResult<?>> before = List.of();

    AsyncResult(Tasks tasks, String id, Type type) {
        this.tasks = tasks;
        this.id = id;
        this.type = type;
    }

    public String id() {
        return id;
    }

    /** The latest state that a worker told of; PENDING if none did. */
    public TaskState state() {
        return state;
    }

    public boolean isDone() {
        return future.isDone();
    }

    /** Whether it has ended, one way or another; Celery's word. */
    public boolean ready() {
        return isDone();
    }

    /** Whether it has ended with a result. */
    public boolean successful() {
        return isDone() && !future.isCompletedExceptionally();
    }

    /** Whether it has ended without one. */
    public boolean failed() {
        return future.isCompletedExceptionally();
    }

    /** What it waits for: the call before it in its chain, or the members of the group before it. */
    public List<AsyncResult<?>> before() {
        return before;
    }

    /** The ids of calls that it led to: callbacks, and the next step of its chain. Known when it has ended. */
    public List<String> children() {
        return children;
    }

    void comesAfter(List<AsyncResult<?>> results) {
        before = List.copyOf(results);
    }

    /** The result to come. It fails with a {@link TaskFailedException} when the task does. */
    public CompletableFuture<@Nullable R> future() {
        return future.copy();
    }

    /**
     * Waits for the result.
     *
     * @throws TaskFailedException if the task failed
     * @throws TimeoutException if it has not ended in that time; it goes on
     */
    public @Nullable R get(Duration timeout) throws InterruptedException, TimeoutException {
        if (reader != null) {
            reader.start();
        }
        try {
            return await(future, timeout);
        } catch (TimeoutException e) {
            if (reader != null) {
                reader.stop();
            }
            throw e;
        }
    }

    void readFrom(StoredResults.Reader from) {
        reader = from;
        from.start();
    }

    /** Gets what another call gets. */
    void attach(AsyncResult<?> other) {
        CompletableFuture<?> unused = other.future.whenComplete((result, problem) -> {
            if (problem == null) {
                state = TaskState.SUCCESS;
                succeed(result);
            } else {
                fail(problem);
            }
        });
    }

    /** Waits for a future as these tasks wait. */
    <T extends @Nullable Object> T await(CompletableFuture<T> awaited, Duration timeout)
            throws InterruptedException, TimeoutException {
        try {
            return tasks.surroundings().await(awaited, timeout);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException problem ? problem : new IllegalStateException(e.getCause());
        }
    }

    /** Has workers drop the call if they have not begun it. Completes when the broker has the command. */
    public CompletableFuture<Void> revoke() {
        return tasks.control().revoke(id, Control.Revoke.IF_WAITING);
    }

    CompletableFuture<Void> revokeAll(List<String> ids) {
        return tasks.control().revoke(ids, Control.Revoke.IF_WAITING);
    }

    /** Has workers drop the call, and stop it if it runs. Completes when the broker has the command. */
    public CompletableFuture<Void> terminate() {
        return tasks.control().revoke(id, Control.Revoke.ALSO_IF_RUNNING);
    }

    /**
     * Waits for its result no more; a future of it never ends then. For calls whose result nobody wants. What the broker
     * keeps is forgotten, too, if that is where it was to come from.
     */
    public void forget() {
        tasks.forget(id);
        if (reader != null) {
            reader.forget();
        }
    }

    void came(ResultMessage message) {
        if (future.isDone()) {
            return;
        }
        children = message.childIds();
        state = message.state();
        if (message.state() == TaskState.SUCCESS || message.state() == TaskState.IGNORED) {
            succeed(message.result());
        } else if (message.state().isFinal()) {
            fail(new TaskFailedException(message));
        }
    }

    @SuppressWarnings("unchecked") // Converted to that type, or to its box.
    private void succeed(@Nullable Object result) {
        try {
            R value = (R) KombuJson.convert(result, type);
            elsewhere(() -> future.complete(value));
        } catch (BadMessageException e) {
            fail(e);
        }
    }

    /** Fails when another does. */
    void failWith(AsyncResult<?> other) {
        CompletableFuture<?> unused = other.future.whenComplete((result, problem) -> {
            if (problem != null) {
                fail(problem);
            }
        });
    }

    /** Fails when a member of the group does that it waits for. */
    void failForMember(AsyncResult<?> member) {
        CompletableFuture<?> unused = member.future.whenComplete((result, problem) -> {
            if (problem instanceof TaskFailedException failure) {
                came(ResultMessage.failure(
                        id, Problem.ofMember(member.id, failure.problem().message())));
            } else if (problem != null) {
                fail(problem);
            }
        });
    }

    void fail(Throwable cause) {
        if (!state.isFinal()) {
            state = TaskState.FAILURE;
        }
        tasks.forget(id);
        elsewhere(() -> future.completeExceptionally(cause));
    }

    /** The call is with the broker, and nobody will tell how it ends. */
    void ignored() {
        state = TaskState.IGNORED;
        elsewhere(() -> future.complete(null));
    }

    private void elsewhere(Runnable completion) {
        tasks.surroundings().completions().execute(completion);
    }
}
