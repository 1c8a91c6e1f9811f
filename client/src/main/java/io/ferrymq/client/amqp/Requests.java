package io.ferrymq.client.amqp;

import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.RequestException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the broker, one thing after the other; again if the connection is lost meanwhile.
 *
 * <p>Thread contract: {@link #ask}, {@link #change} and {@link #submit} from any thread; the rest, and all fields, are the
 * worker's.
 */
final class Requests {
    /** Asks something of the broker and returns its answer. */
    interface Work<T> {
        T on(Session session) throws IOException;
    }

    /** Asks for something that answers nothing. */
    interface Change {
        void on(Session session) throws IOException;
    }

    private final class Request<T> {
        private final Work<T> work;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        /** Whether it was made on a connection that was lost, which may still have what is asked for. */
        private boolean interrupted;

        Request(Work<T> work) {
            this.work = work;
        }

        void attempt() {
            Session open = session;
            if (closed != null) {
                answer.completeExceptionally(closed);
            } else if (open == null) {
                waiting.add(this);
            } else {
                attempt(open);
            }
        }

        private void attempt(Session open) {
            try {
                answer.complete(work.on(open));
            } catch (IOException | ShutdownSignalException e) {
                Optional<RequestException> refusal = Faults.refusal(e);
                if (refusal.isPresent() && interrupted && Faults.isInUse(refusal.get())) {
                    held.add(this);
                    reclaim.run();
                } else if (refusal.isPresent()) {
                    answer.completeExceptionally(refusal.get());
                } else {
                    waiting.add(this);
                    interrupted = true;
                    // Also if it was a mere timeout: a connection that does not answer is as good as lost.
                    open.end();
                }
            } catch (IllegalArgumentException e) {
                answer.completeExceptionally(
                        new RequestException(RequestException.Reason.INVALID, String.valueOf(e.getMessage()), e));
            }
        }
    }

    private final Executor worker;
    private final Runnable reclaim;
    private final ArrayDeque<Request<?>> waiting = new ArrayDeque<>();
    /** Those that the broker refuses as long as it takes a lost connection for alive. */
    private final ArrayDeque<Request<?>> held = new ArrayDeque<>();

    private @Nullable Session session;
    private @Nullable ClosedException closed;

    /**
     * @param worker refuses tasks when it has ended
     * @param reclaim told when something waits for {@link #askHeld}
     */
    Requests(Executor worker, Runnable reclaim) {
        this.worker = worker;
        this.reclaim = reclaim;
    }

    <T> CompletableFuture<T> ask(Work<T> work) {
        Request<T> request = new Request<>(work);
        submit(request::attempt, request.answer);
        return request.answer;
    }

    CompletableFuture<Void> change(Change change) {
        return ask(open -> {
                    change.on(open);
                    return true;
                })
                .thenAccept(done -> {});
    }

    /** Has the worker do something, or else fails the answer to it. */
    void submit(Runnable task, CompletableFuture<?> answer) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new ClosedException("closed", null));
        }
    }

    /** There is a connection: what waited for it is asked, once. */
    void connected(Session opened) {
        session = opened;
        askHeld();
        // Those that fail wait again, for the next connection: that this one is lost is told after this task only.
        for (int left = waiting.size(); left > 0; left--) {
            waiting.remove().attempt();
        }
    }

    boolean anyIsHeld() {
        return !held.isEmpty();
    }

    /** Asks again for what the broker may have let go of. */
    void askHeld() {
        for (int left = held.size(); left > 0; left--) {
            held.remove().attempt();
        }
    }

    /** The connection is lost. */
    void interrupted() {
        session = null;
    }

    void end(ClosedException reason) {
        session = null;
        closed = reason;
        waiting.forEach(request -> request.answer.completeExceptionally(reason));
        waiting.clear();
        held.forEach(request -> request.answer.completeExceptionally(reason));
        held.clear();
    }
}
