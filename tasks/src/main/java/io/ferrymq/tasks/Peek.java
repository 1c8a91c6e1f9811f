package io.ferrymq.tasks;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads the first message of a queue, when there is one, and leaves it there. Any thread. */
final class Peek implements DeliveryListener {
    private final CompletableFuture<Delivery> found = new CompletableFuture<>();
    private final CompletableFuture<Consumption> consuming = new CompletableFuture<>();

    private Peek() {}

    static Peek at(Transport transport, String queue) {
        Peek peek = new Peek();
        // The message may come before it is known that it is consumed.
        CompletableFuture<?> unused =
                transport.consume(ConsumeSpec.shared(queue, 1), peek).whenComplete(peek::began);
        return peek;
    }

    private void began(@Nullable Consumption consumption, @Nullable Throwable problem) {
        if (consumption == null) {
            Throwable why = Objects.requireNonNull(problem);
            consuming.completeExceptionally(why);
            found.completeExceptionally(why);
        } else {
            consuming.complete(consumption);
        }
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
