package io.ferrymq.tasks;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ChordMessages;
import io.ferrymq.tasks.message.ChordMessages.Begin;
import io.ferrymq.tasks.message.ChordMessages.Join;
import io.ferrymq.tasks.message.Signature;
import io.ferrymq.tasks.message.TaskMessage;
import io.ferrymq.tasks.message.TaskMessageFormat;
import io.ferrymq.tasks.message.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Begins chords: declares what they need, and sends their members. What gathers the parts is in the workers.
 *
 * <p>Each chord has a durable queue of its own, which its members' callbacks go to. Beside it a message to {@link
 * ChordMessages#EXCHANGE} says that somebody has to join it.
 *
 * <p>Thread contract: any thread.
 */
public final class Chords {
    /** A chord whose members have not all ended after this fails. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** A queue is kept longer than its chord may take. */
    private static final long QUEUE_EXPIRES_MILLIS = LONGEST.plusHours(1).toMillis();

    private final Tasks tasks;
    private final Transport transport;
    private CompletableFuture<Void> declared = CompletableFuture.failedFuture(new IllegalStateException("not yet"));

    Chords(Tasks tasks) {
        this.tasks = tasks;
        this.transport = tasks.transport();
    }

    /** Has the exchange and the queue for chords declared, once. */
    public synchronized CompletableFuture<Void> declared() {
        if (declared.isCompletedExceptionally()) {
            declared = transport
                    .declareExchange(ExchangeDeclaration.durable(ChordMessages.EXCHANGE, "direct"))
                    .thenCompose(done -> transport.declareQueue(QueueDeclaration.durable(ChordMessages.EXCHANGE)))
                    .thenCompose(done -> transport.bind(
                            new Binding(ChordMessages.EXCHANGE, ChordMessages.EXCHANGE, ChordMessages.EXCHANGE)));
        }
        return declared;
    }

    /** Begins a chord. Completes when the broker has all members, or knows which it has not. */
    public CompletableFuture<Void> begin(TaskMessage message) {
        Begin chord = ChordMessages.readBegin(message);
        if (chord.header().isEmpty()) {
            return sendAll(chord.bodies(), message, List.of());
        }
        String queue = ChordMessages.queue(chord.id());
        QueueDeclaration declaration = QueueDeclaration.durable(queue).with("x-expires", QUEUE_EXPIRES_MILLIS);
        Instant deadline = tasks.clock().instant().plus(LONGEST);
        Signature join = ChordMessages.join(new Join(chord.id(), chord.header().size(), chord.bodies(), deadline));
        return declared()
                .thenCompose(done ->
                        transport.declareQueueOnce(declaration, new Binding(queue, ChordMessages.EXCHANGE, queue)))
                .thenCompose(done -> tasks.sendFollowing(join, message))
                .thenCompose(done -> sendMembers(chord, message));
    }

    private CompletableFuture<Void> sendMembers(Begin chord, TaskMessage message) {
        List<CompletableFuture<?>> sent = new ArrayList<>();
        for (int i = 0; i < chord.header().size(); i++) {
            int index = i;
            Signature member = chord.header().get(i);
            Signature call = message.args().isEmpty()
                    ? member
                    : member.withResult(message.args().get(0));
            sent.add(sent(call, message).exceptionallyCompose(problem -> notSent(chord.id(), index, member, problem)));
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    private CompletableFuture<Void> sent(Signature call, TaskMessage message) {
        try {
            return tasks.sendFollowing(call, message);
        } catch (BadMessageException | IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> notSent(String id, int index, Signature member, Throwable problem) {
        String name = String.valueOf(member.textOption(SignatureOptions.TASK_ID));
        return tasks.post(ChordMessages.failure(id, index, name, "was not sent: " + problem.getMessage()));
    }

    /** Sends the message once more that says that a chord is to be joined. */
    public CompletableFuture<Void> joinAgain(TaskMessage join) {
        return transport.publish(WireMessages.toExchange(
                ChordMessages.EXCHANGE, ChordMessages.EXCHANGE, TaskMessageFormat.encode(join)));
    }

    /** Sends calls with one result. */
    public CompletableFuture<Void> sendAll(List<Signature> calls, TaskMessage parent, Object result) {
        return CompletableFuture.allOf(calls.stream()
                .map(call -> tasks.sendFollowing(call.withResult(result), parent))
                .toArray(CompletableFuture[]::new));
    }

    /** Python's workers call nobody back for a call that was called off, but they tell its caller. */
    void tellIfCalledOff(String id, int index, AsyncResult<?> member) {
        CompletableFuture<?> unused = member.future().exceptionally(problem -> {
            if (problem instanceof TaskFailedException failure && failure.state() != TaskState.FAILURE) {
                tell(ChordMessages.failure(
                        id, index, member.id(), failure.problem().message()));
            }
            return null;
        });
    }

    private void tell(Signature part) {
        CompletableFuture<?> unused = tasks.post(part);
    }
}
