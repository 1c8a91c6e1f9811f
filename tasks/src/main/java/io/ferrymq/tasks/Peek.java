package io.ferrymq.tasks;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.util.concurrent.CompletableFuture;

/** Reads the first message of a queue, when there is one, and leaves it there. Any thread. */
final class Peek implements DeliveryListener {
    private final CompletableFuture<Delivery> found = new CompletableFuture<>();
    /** Set before anything is asked for: a delivery may come before the answer. */
    private final CompletableFuture<Consumption> consuming = new CompletableFuture<>();

    Peek(Transport transport, String queue) {
        CompletableFuture<?> unused = transport
                .consume(ConsumeSpec.shared(queue, 1), this)
                .whenComplete((begun, problem) -> {
                    if (problem == null) {
                        consuming.complete(begun);
                    } else {
                        consuming.completeExceptionally(problem);
                        found.completeExceptionally(problem);
                    }
                });
    }

    /** The message; it is settled already. */
    CompletableFuture<Delivery> found() {
        return found;
    }

    /** Looks no more. */
    void stop() {
        CompletableFuture<?> unused = consuming.thenCompose(Consumption::cancel);
        found.cancel(false);
    }

    @Override
    public void delivered(Delivery delivery) {
        // If it went back first, it would come again.
        CompletableFuture<?> unused = consuming
                .thenCompose(Consumption::cancel)
                .whenComplete((cancelled, problem) -> delivery.settle(Settlement.REQUEUE));
        found.complete(delivery);
    }

    @Override
    public void ended(TransportException cause) {
        found.completeExceptionally(cause);
    }
}
