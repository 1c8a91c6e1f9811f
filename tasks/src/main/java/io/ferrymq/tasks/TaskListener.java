package io.ferrymq.tasks;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hears what became of calls, in the worker that ran them and on the thread that did. What it throws is logged and changes
 * nothing. A call that was acknowledged early and whose worker died is heard of no more.
 */
public interface TaskListener {
    /** Hears, and does nothing. */
    TaskListener NONE = new TaskListener() {};

    /** The body returned. */
    default void succeeded(Call call, @Nullable Object result) {}

    /** It failed for good. Over a limit the cause is a {@link java.util.concurrent.TimeoutException}. */
    default void failed(Call call, Throwable cause) {}

    /** It failed, and is tried again after a delay. */
    default void retried(Call call, Throwable cause, Duration delay) {}

    /** It was called off, before it began or while it ran. */
    default void revoked(Call call, String reason) {}
}
