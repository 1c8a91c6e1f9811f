package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way into one queue. One that is refused, because the queue is full, is tried again until it is taken or
 * its time is over. Any thread.
 */
final class Outlet {
    /** No time is over. */
    static final long FOR_EVER = Long.MAX_VALUE;

    private static final BackOff BACK_OFF = new BackOff(Duration.ofMillis(2), Duration.ofMillis(200));

    private final Transport transport;
    private final Unfinished unfinished;
    private final Set<Put> open = ConcurrentHashMap.newKeySet();

    /** Published by {@link #close}, read by those who put. */
    private volatile @Nullable ClosedException closed;

    Outlet(Transport transport, Unfinished unfinished) {
        this.transport = transport;
        this.unfinished = unfinished;
    }

    /** A message, tried until it is taken. */
    private final class Put {
        private final OutgoingMessage message;
        private final long deadlineNanos;
        private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();

        Put(OutgoingMessage message, long deadlineNanos) {
            this.message = message;
            this.deadlineNanos = deadlineNanos;
        }

        void attempt(int number) {
            if (!outcome.isDone()) {
                Promises.whenDone(transport.publish(message), (taken, error) -> answered(number, error));
            }
        }

        private void answered(int number, @Nullable Throwable error) {
            if (error == null) {
                outcome.complete(true);
            } else if (!(Promises.cause(error) instanceof RefusedException)) {
                outcome.completeExceptionally(Promises.cause(error));
            } else {
                refused(number);
            }
        }

        private void refused(int number) {
            long delayMillis = BACK_OFF.millisAfter(number);
            if (deadlineNanos == FOR_EVER) {
                Threads.after(delayMillis, () -> attempt(number + 1));
                return;
            }
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (leftMillis <= 0) {
                outcome.complete(false);
            } else {
                Threads.after(Math.min(delayMillis, leftMillis), () -> attempt(number + 1));
            }
        }
    }

    /**
     * Puts a message. Completes with true when the broker has it, with false when it was refused until {@code
     * deadlineNanos}. Whoever cancels the future ends the trying; an attempt that is under way may still succeed.
     */
    CompletableFuture<Boolean> put(OutgoingMessage message, long deadlineNanos) {
        unfinished.put();
        ClosedException reason = closed;
        if (reason != null) {
            unfinished.putFailed();
            return CompletableFuture.failedFuture(reason);
        }
        CompletableFuture<Void> first = transport.publish(message);
        if (first.isDone() && !first.isCompletedExceptionally()) {
            // A broker in this process has answered at once: there is nothing to keep.
            return CompletableFuture.completedFuture(true);
        }
        return keep(new Put(message, deadlineNanos), first);
    }

    private CompletableFuture<Boolean> keep(Put put, CompletableFuture<Void> first) {
        open.add(put);
        Promises.whenDone(put.outcome, (taken, error) -> {
            open.remove(put);
            if (taken == null || !taken) {
                unfinished.putFailed();
            }
        });
        // Looked at after it was added, so that no put is missed by a close.
        ClosedException reason = closed;
        if (reason != null) {
            put.outcome.completeExceptionally(reason);
        }
        Promises.whenDone(first, (taken, error) -> put.answered(1, error));
        return put.outcome;
    }

    /** Wakes those who put. What was not confirmed may have arrived or not. */
    void close(ClosedException reason) {
        closed = reason;
        List.copyOf(open).forEach(put -> put.outcome.completeExceptionally(reason));
    }
}
