package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessage.FollowUp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Makes the calls that come after one: callbacks, the next step of a chain, calls for a failure. */
final class FollowUps {
    private FollowUps() {}

    /** Completes when the broker has them all. */
    static CompletableFuture<Void> afterSuccess(Tasks tasks, TaskMessage message, @Nullable Object result) {
        FollowUp next = message.followUp();
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (Signature callback : next.callbacks()) {
            sent.add(tasks.sendFollowing(callback.withResult(result), message));
        }
        if (!next.chain().isEmpty()) {
            sent.add(tasks.sendFollowing(nextOf(next.chain()).withResult(result), message));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    /** The next step stands last, and takes the rest of the chain along. */
    private static Signature nextOf(List<Signature> chain) {
        List<@Nullable Object> rest = new ArrayList<>();
        for (Signature step : chain.subList(0, chain.size() - 1)) {
            rest.add(step.toMap());
        }
        Signature next = chain.get(chain.size() - 1);
        return rest.isEmpty() ? next : next.withOption("chain", rest);
    }

    /** Calls for a failure get the id of what failed. */
    static CompletableFuture<Void> afterFailure(Tasks tasks, TaskMessage message) {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (Signature errback : message.followUp().errbacks()) {
            sent.add(tasks.sendFollowing(errback.withResult(message.id()), message));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }
}
