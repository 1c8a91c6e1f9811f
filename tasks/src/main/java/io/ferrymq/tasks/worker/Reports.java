package io.ferrymq.tasks.worker;

import io.ferrymq.client.transport.RequestException;
import io.ferrymq.tasks.TaskOptions;
import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.ResultMessageFormat;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskState;
import io.ferrymq.tasks.message.WireMessage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells what became of calls: their callers, and the broker if it is to keep that. Any thread.
 *
 * <p>Before it is told how a unique call ended, others like it may be made.
 */
final class Reports {
    private final Tasks tasks;

    Reports(Tasks tasks) {
        this.tasks = tasks;
    }

    /**
     * Completes when the broker has it, or at once if nobody wants to know.
     *
     * @throws IllegalArgumentException if the result cannot be written as JSON, or is too large
     */
    CompletableFuture<Void> send(TaskMessage call, TaskOptions options, ResultMessage result) {
        boolean wanted = !call.ignoreResult() && !options.ignoreResult();
        Supplier<CompletableFuture<Void>> telling =
                wanted ? toTell(call, options, result) : () -> CompletableFuture.completedFuture(null);
        // Who is told may call again at once.
        return result.state().isFinal()
                ? tasks.unique().letGo(call.headers()).thenCompose(done -> telling.get())
                : telling.get();
    }

    private Supplier<CompletableFuture<Void>> toTell(TaskMessage call, TaskOptions options, ResultMessage result) {
        @Nullable Duration kept = result.state().isFinal() ? tasks.stored().timeFor(options) : null;
        if (call.replyTo().isEmpty() && kept == null) {
            return () -> CompletableFuture.completedFuture(null);
        }
        WireMessage wire = ResultMessageFormat.encode(result, call.replyTo());
        if (result.state() == TaskState.SUCCESS && wire.body().length > options.resultBytesMax()) {
            throw new ResultTooLargeException(wire.body().length, options.resultBytesMax());
        }
        return () -> tell(call, options, result, wire, kept);
    }

    private CompletableFuture<Void> tell(
            TaskMessage call, TaskOptions options, ResultMessage result, WireMessage wire, @Nullable Duration kept) {
        // Whoever is told may rely on it that the result is kept.
        CompletableFuture<Void> keeping = kept == null
                ? CompletableFuture.completedFuture(null)
                : tasks.stored().keep(call.id(), wire, kept);
        return keeping.thenCompose(done -> call.replyTo().isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : tasks.transport().publish(WireMessages.toQueue(call.replyTo(), wire)))
                .exceptionallyCompose(problem -> notTaken(call, options, result, problem));
    }

    /** A result that the broker does not take now it will not take later, either. */
    private CompletableFuture<Void> notTaken(
            TaskMessage call, TaskOptions options, ResultMessage result, Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        if (result.state() != TaskState.SUCCESS || !(cause instanceof RequestException refusal)) {
            return CompletableFuture.failedFuture(problem);
        }
        Problem refused = new Problem(
                "ResultNotSent", List.of("the broker does not take the result: " + refusal.getMessage()), null);
        return toTell(call, options, ResultMessage.problem(call, TaskState.FAILURE, refused, null))
                .get();
    }
}
