package io.ferrymq.client;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The requests of one client that wait for their replies. Any thread. */
final class Replies implements DeliveryListener {
    /** Carried by a reply that stands for a failure: what the other side says of it. */
    static final String ERROR_HEADER = "x-ferry-error";

    private static final class Request {
        private final CompletableFuture<Delivery> reply = new CompletableFuture<>();

        /** Published by the confirm, read when the connection is lost: such a request is not sent again. */
        private volatile boolean sent;
    }

    private final Transport transport;
    private final Map<String, Request> requests = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();

    /** Guarded by the lock. */
    private @Nullable CompletableFuture<Consumption> listening;

    Replies(Transport transport) {
        this.transport = transport;
    }

    /** Sends a request, which must have this correlation id and ask for replies here. */
    CompletableFuture<Delivery> request(OutgoingMessage message, Duration timeout) {
        String id = Objects.requireNonNull(message.properties().correlationId());
        Request request = new Request();
        requests.put(id, request);
        Promises.whenDone(request.reply, (reply, error) -> requests.remove(id));
        CompletableFuture<Void> sent = listening().thenCompose(ready -> transport.publish(message));
        Promises.whenDone(sent, (confirmed, error) -> {
            request.sent = true;
            if (error != null) {
                request.reply.completeExceptionally(Promises.cause(error));
            }
        });
        TimeoutException late = new TimeoutException("no reply within " + timeout);
        CompletableFuture.delayedExecutor(timeout.toMillis(), TimeUnit.MILLISECONDS, Threads.executor())
                .execute(() -> request.reply.completeExceptionally(late));
        return request.reply;
    }

    private CompletableFuture<Consumption> listening() {
        lock.lock();
        try {
            CompletableFuture<Consumption> begun = listening;
            if (begun == null || begun.isCompletedExceptionally()) {
                begun = transport.consume(ConsumeSpec.settledOnDelivery(Transport.REPLY_TO), this);
                listening = begun;
            }
            return begun;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void delivered(Delivery reply) {
        String id = reply.properties().correlationId();
        Request request = id == null ? null : requests.get(id);
        if (request != null) {
            request.reply.complete(reply);
        }
    }

    /** The address is another one now: replies to what was sent before cannot come any more. */
    @Override
    public void interrupted() {
        for (Request request : List.copyOf(requests.values())) {
            if (request.sent) {
                request.reply.completeExceptionally(
                        new DisconnectedException("the connection was lost, and a reply with it", null));
            }
        }
    }

    @Override
    public void ended(TransportException cause) {
        List.copyOf(requests.values()).forEach(request -> request.reply.completeExceptionally(cause));
    }
}
