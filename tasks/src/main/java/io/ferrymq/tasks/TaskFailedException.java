package io.ferrymq.tasks;

import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.TaskState;
import java.io.Serial;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A task ended without a result: it failed, was revoked or rejected. The text says why. */
public final class TaskFailedException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final transient TaskState state;
    private final transient Problem problem;
    private final @Nullable String traceback;

    TaskFailedException(ResultMessage result) {
        super(result.taskId() + ": " + problem(result).message());
        this.state = result.state();
        this.problem = problem(result);
        this.traceback = result.traceback();
    }

    private static Problem problem(ResultMessage result) {
        return result.result() instanceof Problem problem
                ? problem
                : new Problem(result.state().name(), java.util.List.of(), null);
    }

    public TaskState state() {
        return state;
    }

    public Problem problem() {
        return problem;
    }

    /** Where the worker failed, as it wrote it. */
    public Optional<String> traceback() {
        return Optional.ofNullable(traceback);
    }
}
