package io.ferrymq.tasks.testkit;

import io.ferrymq.tasks.message.TaskMessage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call that has not ended.
 *
 * @param retries how often it was tried before
 * @param due when it may run; null for at once
 */
public record WaitingCall(
        String id,
        String task,
        String queue,
        List<@Nullable Object> args,
        Map<String, @Nullable Object> kwargs,
        int retries,
        @Nullable Instant due) {
    static WaitingCall of(String queue, TaskMessage message) {
        return new WaitingCall(
                message.id(),
                message.task(),
                queue,
                message.args(),
                message.kwargs(),
                message.retries(),
                message.timing().eta() == null ? null : message.timing().eta().toInstant());
    }
}
