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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The calls that come after one: callbacks, the next step of a chain, calls for a failure. Immutable. */
final class FollowUps {
    private static final String TASK_ID = "task_id";

    private final TaskMessage message;
    private final List<Signature> calls;

    private FollowUps(TaskMessage message, List<Signature> calls) {
        this.message = message;
        this.calls = calls;
    }

    /** What comes after a call that returned. */
    static FollowUps afterSuccess(TaskMessage message, @Nullable Object result) {
        FollowUp next = message.followUp();
        List<Signature> calls = new ArrayList<>();
        for (Signature callback : next.callbacks()) {
            calls.addAll(Composite.firsts(callback));
        }
        if (!next.chain().isEmpty()) {
            calls.addAll(Composite.firsts(chainOf(next.chain())));
        }
        return new FollowUps(
                message,
                calls.stream().map(call -> withId(call).withResult(result)).toList());
    }

    private static Signature withId(Signature call) {
        return call.textOption(TASK_ID) == null
                ? call.withOption(TASK_ID, UUID.randomUUID().toString())
                : call;
    }

    /** The ids of the calls, without those that only tell a chord. */
    List<String> ids() {
        return calls.stream()
                .filter(call -> !call.task().equals(ChordMessages.PART))
                .map(call -> String.valueOf(call.textOption(TASK_ID)))
                .toList();
    }

    /** Completes when the broker has them all. */
    CompletableFuture<Void> send(Tasks tasks) {
        return CompletableFuture.allOf(
                calls.stream().map(call -> tasks.sendFollowing(call, message)).toArray(CompletableFuture[]::new));
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
