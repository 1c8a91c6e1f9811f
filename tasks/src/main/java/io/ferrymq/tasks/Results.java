package io.ferrymq.tasks;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessageFormat;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where results come back: one queue for this program, as Celery's {@code rpc://} backend has it.
 *
 * <p>A promise is kept until its result comes, for a day at most; when there are more than {@value #PROMISES_MAX}, the
 * oldest fails.
 *
 * <p>Thread contract: any thread; results come in on the transport's.
 */
final class Results {
    private static final Logger LOG = LoggerFactory.getLogger(Results.class);

    /** An unused queue goes after a day, with the results that were not fetched; so do promises. */
    private static final long EXPIRES_MILLIS = 86_400_000;

    private static final int PROMISES_MAX = 1_000_000;

    private record Promise(AsyncResult<?> result, long madeMillis) {}

    private final String queue = UUID.randomUUID().toString();
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** The oldest first. Guarded by the lock. */
    private final Map<String, Promise> promises = new LinkedHashMap<>();

    private final CompletableFuture<?> consuming;

    Results(Transport transport, Clock clock) {
        this.clock = clock;
        QueueDeclaration declaration =
                new QueueDeclaration(queue, true, false, true, Map.of("x-expires", EXPIRES_MILLIS));
        this.consuming = transport
                .declareQueue(declaration)
                .thenCompose(state -> transport.consume(ConsumeSpec.settledOnDelivery(queue), this::came));
    }

    /** What callers write as reply-to. */
    String queue() {
        return queue;
    }

    /** Completes when results can come. */
    CompletableFuture<?> ready() {
        return consuming;
    }

    void expect(AsyncResult<?> result) {
        List<Promise> given = new ArrayList<>();
        long now = clock.millis();
        lock.lock();
        try {
            promises.put(result.id(), new Promise(result, now));
            Iterator<Promise> oldest = promises.values().iterator();
            Promise first = oldest.next();
            while (promises.size() > PROMISES_MAX || now - first.madeMillis > EXPIRES_MILLIS) {
                oldest.remove();
                given.add(first);
                first = oldest.next();
            }
        } finally {
            lock.unlock();
        }
        given.forEach(promise -> promise.result.fail(new IllegalStateException(
                "no result came for " + promise.result.id() + ", and it is waited for no more")));
    }

    /** Waits for a result no more. */
    void forget(String id) {
        lock.lock();
        try {
            promises.remove(id);
        } finally {
            lock.unlock();
        }
    }

    private @Nullable AsyncResult<?> waitingFor(String id) {
        lock.lock();
        try {
            Promise promise = promises.get(id);
            return promise == null ? null : promise.result;
        } finally {
            lock.unlock();
        }
    }

    private void came(Delivery delivery) {
        try {
            ResultMessage message = ResultMessageFormat.decode(WireMessages.of(delivery));
            AsyncResult<?> result = waitingFor(message.taskId());
            if (result != null) {
                if (message.state().isFinal()) {
                    forget(message.taskId());
                }
                result.came(message);
            }
        } catch (BadMessageException e) {
            LOG.warn("a message to the queue of results is dropped: {}", e.getMessage());
        }
    }

    /** Fails what is still waited for. */
    void close() {
        List<Promise> left;
        lock.lock();
        try {
            left = List.copyOf(promises.values());
            promises.clear();
        } finally {
            lock.unlock();
        }
        ClosedException closed = new ClosedException("the connection was closed", null);
        left.forEach(promise -> promise.result.fail(closed));
    }
}
