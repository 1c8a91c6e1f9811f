package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.Call;
import io.ferrymq.tasks.message.TaskState;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What became of a call when a worker took it.
 *
 * @param state SUCCESS, FAILURE, RETRY or REVOKED
 * @param result what the body returned; null if it did not
 * @param cause why it failed; null if it did not
 * @param delay after which it is tried again; null if it is not
 * @param at when that was
 */
public record RanCall(
        Call call,
        TaskState state,
        @Nullable Object result,
        @Nullable Throwable cause,
        @Nullable Duration delay,
        Instant at) {
    /** The name of its task. */
    public String task() {
        return call.task();
    }
}
