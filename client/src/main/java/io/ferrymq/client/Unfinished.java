package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.Transport;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What of one queue is not processed yet, as far as this client knows. Any thread.
 *
 * <p>A broker tells how many messages wait, and not how many are with consumers. So this counts what was delivered here
 * and, by their ids, what was put here. What is with another client cannot be seen: that is taken for done when the queue
 * has been empty for a while.
 */
final class Unfinished {
    private static final long LOOK_MILLIS_FIRST = 2;
    private static final long LOOK_MILLIS_MAX = 50;

    /** A delivery may be on its way while nothing waits; by the next look it has arrived. */
    private static final int LOOKS = 2;

    private static final int LOOKS_WHEN_OTHERS_CONSUME = 12;

    private final String idPrefix;

    /** Put here, begun or confirmed, and not seen to be done. */
    private final AtomicLong put = new AtomicLong();

    /** Delivered here and not settled. */
    private final AtomicLong here = new AtomicLong();

    Unfinished(String idPrefix) {
        this.idPrefix = idPrefix;
    }

    void put() {
        put.incrementAndGet();
    }

    void putFailed() {
        put.decrementAndGet();
    }

    void delivered() {
        here.incrementAndGet();
    }

    /** Given back, or lost with its connection. */
    void gone() {
        here.decrementAndGet();
    }

    void done(Incoming message) {
        here.decrementAndGet();
        String id = message.delivery().properties().messageId();
        if (id != null && id.startsWith(idPrefix)) {
            put.decrementAndGet();
        }
    }

    /** Completes when nothing waits and nothing is unsettled here, and fails when the queue object is closed. */
    CompletableFuture<Void> join(Transport transport, String queue, Supplier<@Nullable ClosedException> closed) {
        CompletableFuture<Void> joined = new CompletableFuture<>();
        look(transport, queue, closed, joined, 0, LOOK_MILLIS_FIRST);
        return joined;
    }

    private void look(
            Transport transport,
            String queue,
            Supplier<@Nullable ClosedException> closed,
            CompletableFuture<Void> joined,
            int quietLooks,
            long delayMillis) {
        ClosedException reason = closed.get();
        if (reason != null) {
            joined.completeExceptionally(reason);
        }
        if (joined.isDone()) {
            return;
        }
        Promises.whenDone(transport.inspect(queue), (state, error) -> {
            if (state == null) {
                joined.completeExceptionally(Promises.cause(Objects.requireNonNull(error)));
                return;
            }
            int quiet = state.ready() == 0 && here.get() == 0 ? quietLooks + 1 : 0;
            if (quiet >= (put.get() <= 0 ? LOOKS : LOOKS_WHEN_OTHERS_CONSUME)) {
                joined.complete(null);
            } else {
                long next = Math.min(2 * delayMillis, LOOK_MILLIS_MAX);
                Threads.after(delayMillis, () -> look(transport, queue, closed, joined, quiet, next));
            }
        });
    }
}
