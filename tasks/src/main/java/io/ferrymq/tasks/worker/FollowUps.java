package io.ferrymq.tasks.worker;

import io.ferrymq.tasks.Tasks;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.Composite;
import io.ferrymq.tasks.message.ResultMessage.Problem;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessage.FollowUp;
import java.util.ArrayList;
import java.util.Collections;
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
            sent.add(sendAll(tasks, callback, message, result));
        }
        if (!next.chain().isEmpty()) {
            sent.add(sendAll(tasks, chainOf(next.chain()), message, result));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    private static CompletableFuture<?> sendAll(
            Tasks tasks, Signature callback, TaskMessage message, @Nullable Object result) {
        return CompletableFuture.allOf(Composite.firsts(callback).stream()
                .map(first -> tasks.sendFollowing(first.withResult(result), message))
                .toArray(CompletableFuture[]::new));
    }

    /** The next step stands last in a message. */
    private static Signature chainOf(List<Signature> reversed) {
        List<Signature> steps = new ArrayList<>(reversed);
        Collections.reverse(steps);
        return Composite.chain(steps);
    }

    /** Calls for a failure get the id of what failed; those of a chord the reason, too. */
    static CompletableFuture<Void> afterFailure(Tasks tasks, TaskMessage message, Problem problem) {
        return CompletableFuture.allOf(message.followUp().errbacks().stream()
                .map(errback -> ChordMessages.withReason(errback, problem.message()))
                .flatMap(errback -> Composite.firsts(errback).stream())
                .map(errback -> tasks.sendFollowing(errback.withResult(message.id()), message))
                .toArray(CompletableFuture[]::new));
    }

    /** Calls off what waits for a call that was called off itself: only chords do, since they would wait for ever. */
    static CompletableFuture<Void> afterRevocation(Tasks tasks, TaskMessage message, Problem problem) {
        return CompletableFuture.allOf(message.followUp().errbacks().stream()
                .filter(errback -> errback.task().equals(ChordMessages.FAILURE))
                .map(errback -> ChordMessages.withReason(errback, problem.message()))
                .map(errback -> tasks.sendFollowing(errback.withResult(message.id()), message))
                .toArray(CompletableFuture[]::new));
    }
}
