package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.RetryException;
import io.ferrymq.tasks.WrongArgumentsException;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a run of a call ended. */
sealed interface Outcome {
    /** The body returned. */
    record Returned(@Nullable Object result) implements Outcome {}

    /** The body threw. */
    record Failed(Throwable cause) implements Outcome {}

    /** The body asks to be run again; {@code delay} is null for the task's own. */
    record AsksForRetry(Throwable cause, @Nullable Duration delay) implements Outcome {}

    /** It was over its soft limit, and ended when it was interrupted. */
    record OverSoftLimit(Throwable cause) implements Outcome {}

    /** It was terminated, and ended when it was interrupted. */
    record Terminated() implements Outcome {}

    /** The worker stops and interrupted it. */
    record Interrupted() implements Outcome {}

    /** It was over its hard limit and is no longer waited for. */
    record GivenUp() implements Outcome {}

    /** What a body's exception means, if the worker had interrupted it for a reason. */
    static Outcome thrown(Throwable thrown, TaskRun.@Nullable Stop stop) {
        if (stop == null) {
            return thrown instanceof RetryException retry
                    ? new AsksForRetry(retry.reason(), retry.delay().orElse(null))
                    : new Failed(thrown);
        }
        return switch (stop) {
            case SOFT_LIMIT -> new OverSoftLimit(thrown);
            case TERMINATED -> new Terminated();
            case SHUTDOWN -> new Interrupted();
        };
    }

    /** An exception as Celery describes one. */
    static Problem problem(Throwable cause) {
        String message = cause.getMessage();
        if (cause instanceof WrongArgumentsException) {
            return new Problem("TypeError", List.of(String.valueOf(message)), "builtins");
        }
        return new Problem(
                cause.getClass().getSimpleName(),
                message == null ? List.of() : List.of(message),
                cause.getClass().getPackageName());
    }

    static String traceback(Throwable cause) {
        StringWriter text = new StringWriter();
        cause.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
