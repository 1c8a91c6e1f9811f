package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.WireMessages;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessageFormat;
import io.ferrymq.tasks.message.TaskMessage;
import java.util.concurrent.CompletableFuture;

/** Tells who wants to know what became of a call. Stateless. */
final class Reports {
    private Reports() {}

    /** Completes when the broker has it, or at once if nobody wants to know. */
    static CompletableFuture<Void> send(Tasks tasks, TaskMessage call, ResultMessage result) {
        String replyTo = call.replyTo();
        return replyTo.isEmpty() || call.ignoreResult()
                ? CompletableFuture.completedFuture(null)
                : tasks.transport().publish(WireMessages.toQueue(replyTo, ResultMessageFormat.encode(result, replyTo)));
    }
}
