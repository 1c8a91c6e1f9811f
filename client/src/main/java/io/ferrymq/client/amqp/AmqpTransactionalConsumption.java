package io.ferrymq.client.amqp;

import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.TransportException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A consumer on a channel in AMQP's transaction mode. Any thread; each commit becomes one task of the worker. */
final class AmqpTransactionalConsumption implements TransactionalConsumption {
    private final Requests requests;
    private final AmqpConsumption consumption;

    AmqpTransactionalConsumption(Requests requests, AmqpConsumption consumption) {
        this.requests = requests;
        this.consumption = consumption;
    }

    @Override
    public CompletableFuture<Void> commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> settlements) {
        List<OutgoingMessage> copies =
                messages.stream().map(AmqpTransport::identified).toList();
        Map<Delivery, Settlement> answers = Map.copyOf(settlements);
        CompletableFuture<Void> committed = new CompletableFuture<>();
        requests.submit(() -> carryOut(copies, answers, committed), committed);
        return committed;
    }

    private void carryOut(
            List<OutgoingMessage> messages, Map<Delivery, Settlement> answers, CompletableFuture<Void> committed) {
        try {
            consumption.commit(messages, answers);
            committed.complete(null);
        } catch (TransportException e) {
            committed.completeExceptionally(e);
        } catch (IOException | ShutdownSignalException e) {
            committed.completeExceptionally(Faults.refusal(e)
                    .<TransportException>map(refusal -> refusal)
                    .orElseGet(() -> new DisconnectedException("the broker was lost over a transaction", e)));
        } catch (IllegalArgumentException e) {
            committed.completeExceptionally(
                    new RequestException(RequestException.Reason.INVALID, String.valueOf(e.getMessage()), e));
        }
    }

    @Override
    public CompletableFuture<Void> cancel() {
        CompletableFuture<Void> cancelled = new CompletableFuture<>();
        requests.submit(
                () -> {
                    CompletableFuture<?> unused = consumption.cancel().thenAccept(cancelled::complete);
                },
                cancelled);
        return cancelled;
    }
}
