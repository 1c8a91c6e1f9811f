package io.ferrymq.tasks;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import io.ferrymq.tasks.message.BadMessageException;
import io.ferrymq.tasks.message.ResultMessage;
import io.ferrymq.tasks.message.ResultMessageFormat;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where results come back: one queue for this program, as Celery's {@code rpc://} backend has it. What nobody holds a
 * promise for any more is dropped.
 *
 * <p>Thread contract: any thread; results come in on the transport's.
 */
final class Results {
    private static final Logger LOG = LoggerFactory.getLogger(Results.class);

    /** An unused queue goes after a day, with the results that were not fetched. */
    private static final long EXPIRES_MILLIS = 86_400_000;

    private static final class Promise extends WeakReference<AsyncResult<?>> {
        final String id;

        Promise(AsyncResult<?> result, ReferenceQueue<AsyncResult<?>> dropped) {
            super(result, dropped);
            this.id = result.id();
        }
    }

    private final String queue = UUID.randomUUID().toString();
    private final Map<String, Promise> promises = new ConcurrentHashMap<>();
    private final ReferenceQueue<AsyncResult<?>> dropped = new ReferenceQueue<>();
    private final CompletableFuture<?> consuming;

    Results(Transport transport) {
        QueueDeclaration declaration =
                new QueueDeclaration(queue, false, false, true, Map.of("x-expires", EXPIRES_MILLIS));
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
        forgetDropped();
        promises.put(result.id(), new Promise(result, dropped));
    }

    private void forgetDropped() {
        for (Reference<?> gone = dropped.poll(); gone != null; gone = dropped.poll()) {
            promises.remove(((Promise) gone).id, gone);
        }
    }

    private void came(Delivery delivery) {
        try {
            ResultMessage message = ResultMessageFormat.decode(WireMessages.of(delivery));
            Promise promise = promises.get(message.taskId());
            AsyncResult<?> result = promise == null ? null : promise.get();
            if (result != null) {
                result.came(message);
                if (message.state().isFinal()) {
                    promises.remove(message.taskId(), promise);
                }
            }
        } catch (BadMessageException e) {
            LOG.warn("a message to the queue of results is dropped: {}", e.getMessage());
        }
    }

    /** Fails what is still waited for. */
    void close() {
        TransportException closed = new ClosedException("the connection was closed", null);
        promises.values().forEach(promise -> {
            AsyncResult<?> result = promise.get();
            if (result != null) {
                result.fail(closed);
            }
        });
        promises.clear();
    }
}
