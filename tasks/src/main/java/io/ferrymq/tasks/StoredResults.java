package io.ferrymq.tasks;

import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ResultMessageFormat;
import io.ferrymq.tasks.message.WireMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Results that the broker keeps for whoever asks: each is the only message of a durable queue of its own, which readers
 * look at and leave there. Who comes first declares the queue: the worker, or a reader that waits.
 *
 * <p>Thread contract: any thread.
 */
public final class StoredResults {
    /** A queue that a reader declares is kept so long if nobody uses it; so long a reader waits. */
    private static final Duration WAITED_FOR = Duration.ofDays(1);

    /** Each has a consumer, and with AMQP a channel. */
    private static final int READERS_MAX = 500;

    private final Tasks tasks;
    private final ReentrantLock lock = new ReentrantLock();
    /** Readings that wait until others end. Guarded by the lock. */
    private final ArrayDeque<Reading> waiting = new ArrayDeque<>();

    private int reading;

    /** Written by who configures, read by workers. */
    private volatile @Nullable Duration always;

    StoredResults(Tasks tasks) {
        this.tasks = tasks;
    }

    private static String queue(String id) {
        return "celery.result." + id;
    }

    private static QueueDeclaration declaration(String id, Duration time) {
        return new QueueDeclaration(
                queue(id), true, false, false, Map.of("x-max-length", 1, "x-expires", time.toMillis()));
    }

    private Transport transport() {
        return tasks.transport();
    }

    // ---- workers ----

    void always(Duration time) {
        always = time;
    }

    /** How long a task's results are kept; null if they are not. */
    public @Nullable Duration timeFor(TaskOptions options) {
        return options.storeResult() == null ? always : options.storeResult();
    }

    /**
     * Keeps a result. Completes when the broker has it.
     *
     * @param id the call's
     */
    public CompletableFuture<Void> keep(String id, WireMessage result, Duration time) {
        return declared(declaration(id, time))
                .thenCompose(
                        done -> transport().publish(WireMessages.toQueue(queue(id), result.kept(time.toMillis()))));
    }

    /** That it was declared with another time is as good. */
    private CompletableFuture<Void> declared(QueueDeclaration declaration) {
        return transport().declareQueueOnce(declaration).handle((state, problem) -> {
            if (problem != null && !isDeclaredOtherwise(problem)) {
                throw problem instanceof RuntimeException runtime ? runtime : new CompletionException(problem);
            }
            return null;
        });
    }

    private static boolean isDeclaredOtherwise(Throwable problem) {
        Throwable cause = problem instanceof CompletionException ? problem.getCause() : problem;
        return cause instanceof RequestException refusal && refusal.reason() == RequestException.Reason.DIFFERENT;
    }

    // ---- readers ----

    /** What a promise reads from: begins, stops and begins again. Any thread. */
    final class Reader {
        private final AsyncResult<?> result;
        private @Nullable Reading running;

        private Reader(AsyncResult<?> result) {
            this.result = result;
        }

        /** Begins to look for the result, if it is not there and not looked for. */
        void start() {
            @Nullable Reading next = null;
            lock.lock();
            try {
                if (running == null && !result.isDone()) {
                    running = new Reading(this);
                    waiting.add(running);
                    next = nextToBegin();
                }
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.begin();
            }
        }

        /** Looks no more. */
        void stop() {
            Reading stopped;
            lock.lock();
            try {
                stopped = running;
            } finally {
                lock.unlock();
            }
            if (stopped != null) {
                stopped.stop();
            }
        }

        /** Looks no more, and has the broker forget the result. */
        void forget() {
            stop();
            CompletableFuture<?> unused = transport().deleteQueue(queue(result.id()));
        }
    }

    /** A promise that reads what is kept; to be started. */
    Reader reader(AsyncResult<?> result) {
        return new Reader(result);
    }

    /** Looking once, until the result is there or nobody wants it. */
    private final class Reading {
        private final Reader reader;
        private final AsyncResult<?> result;

        // Guarded by the lock.
        private @Nullable Peek peek;
        private boolean begun;
        private boolean ended;

        Reading(Reader reader) {
            this.reader = reader;
            this.result = reader.result;
        }

        void begin() {
            CompletableFuture<?> unused = declared(declaration(result.id(), WAITED_FOR))
                    .thenCompose(done -> look())
                    .orTimeout(WAITED_FOR.toMillis(), TimeUnit.MILLISECONDS)
                    .whenComplete((delivery, problem) -> {
                        if (delivery != null) {
                            read(delivery);
                        }
                        if (end() && problem != null) {
                            result.fail(problem);
                        }
                    });
        }

        private CompletableFuture<Delivery> look() {
            Peek looking = Peek.at(transport(), queue(result.id()));
            lock.lock();
            try {
                peek = looking;
                if (ended) {
                    looking.stop();
                }
            } finally {
                lock.unlock();
            }
            return looking.found();
        }

        private void read(Delivery delivery) {
            try {
                result.came(ResultMessageFormat.decode(WireMessages.of(delivery)));
            } catch (BadMessageException e) {
                result.fail(e);
            }
        }

        void stop() {
            if (end()) {
                lock.lock();
                try {
                    if (peek != null) {
                        peek.stop();
                    }
                } finally {
                    lock.unlock();
                }
            }
        }

        /** Makes room for others; false if it had ended. */
        private boolean end() {
            @Nullable Reading next;
            lock.lock();
            try {
                if (ended) {
                    return false;
                }
                ended = true;
                reader.running = null;
                if (begun) {
                    reading--;
                } else {
                    waiting.remove(this);
                }
                next = nextToBegin();
            } finally {
                lock.unlock();
            }
            if (next != null) {
                next.begin();
            }
            return true;
        }
    }

    private @Nullable Reading nextToBegin() {
        if (reading >= READERS_MAX || waiting.isEmpty()) {
            return null;
        }
        Reading next = waiting.remove();
        next.begun = true;
        reading++;
        return next;
    }
}
