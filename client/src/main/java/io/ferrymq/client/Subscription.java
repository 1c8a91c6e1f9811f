package io.ferrymq.client;

import io.ferrymq.client.SubscribeOptions.Acknowledge;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.Settlement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Handlers at work on a queue. Any thread.
 *
 * <pre>
 *   a handler        acknowledge        the message
 *   is to be called  BEFORE_HANDLING    is accepted
 *   returned         AFTER_HANDLING     is accepted, unless the handler has answered
 *   returned         BY_HANDLER         waits for whoever answers
 *   threw            any                is handled again after the back-off; rejected after the last attempt
 *   threw on a body that is no value    is rejected if the queue has dead letters, else as above
 * </pre>
 */
public final class Subscription implements AutoCloseable {
    private final SubscribeOptions options;
    private final Intake intake;
    private final boolean hasDeadLetters;
    private final AtomicInteger working;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final ThreadLocal<Boolean> handling = ThreadLocal.withInitial(() -> false);

    Subscription(SubscribeOptions options, Intake intake, boolean hasDeadLetters) {
        this.options = options;
        this.intake = intake;
        this.hasDeadLetters = hasDeadLetters;
        this.working = new AtomicInteger(options.concurrency());
    }

    <T> void start(Handler<T> handler, Function<Incoming, Received<T>> received) {
        for (int i = 0; i < options.concurrency(); i++) {
            Threads.executor().execute(() -> work(handler, received));
        }
    }

    private <T> void work(Handler<T> handler, Function<Incoming, Received<T>> received) {
        handling.set(true);
        Throwable end = null;
        try {
            while (true) {
                Incoming message = Waits.get(intake.take());
                handle(handler, message, received.apply(message));
            }
        } catch (ClosedException e) {
            end = e.getCause();
        } catch (InterruptedException | RuntimeException | Error e) {
            end = e;
        }
        if (end != null) {
            ended.completeExceptionally(end);
        } else if (working.decrementAndGet() == 0) {
            ended.complete(null);
        }
    }

    private <T> void handle(Handler<T> handler, Incoming message, Received<T> received) {
        if (options.acknowledge() == Acknowledge.BEFORE_HANDLING) {
            message.settle(Settlement.ACCEPT);
        }
        try {
            handler.handle(received);
        } catch (CodecException e) {
            if (hasDeadLetters) {
                message.settle(Settlement.REJECT);
            } else {
                failed(message);
            }
            return;
        } catch (Exception | Error e) {
            failed(message);
            return;
        }
        if (options.acknowledge() == Acknowledge.AFTER_HANDLING) {
            message.settle(Settlement.ACCEPT);
        }
    }

    private void failed(Incoming message) {
        RetryPolicy retry = options.retry();
        if (message.attempt() >= retry.attemptsMax()) {
            message.settle(Settlement.REJECT);
        } else {
            message.retryAfter(retry.backOff().millisAfter(message.attempt()));
        }
    }

    /**
     * Completes when no handler works any more: normally after {@link #cancel}, else with what ended it, such as that the
     * queue was deleted.
     */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** Calls no handler any more; those that work go on. Does not wait. */
    public void cancel() {
        intake.close(new ClosedException("the subscription was cancelled", null));
    }

    /** Calls no handler any more, and waits for those that work, unless one of these calls it. */
    @Override
    public void close() {
        cancel();
        if (!handling.get()) {
            ended.handle((nothing, error) -> error).join();
        }
    }
}
