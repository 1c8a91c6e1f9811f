package io.ferrymq.tasks.testkit;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.Names;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A connection to a {@link LocalBroker}. Any thread; on an idle broker a future has completed when it is returned. */
final class LocalTransport implements Transport {
    private final LocalBroker broker;
    /** Written and read on the lane. */
    private boolean closed;

    private @Nullable String replyTo;

    LocalTransport(LocalBroker broker) {
        this.broker = broker;
    }

    private <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
        return broker.ask(() -> {
            if (closed) {
                throw new ClosedException("the connection was closed", null);
            }
            return question.get();
        });
    }

    private CompletableFuture<Void> tell(Runnable command) {
        return ask(() -> {
            command.run();
            return null;
        });
    }

    @Override
    public CompletableFuture<QueueState> declareQueue(QueueDeclaration declaration) {
        return ask(() -> broker.declare(declaration, this));
    }

    @Override
    public CompletableFuture<QueueState> declareQueueOnce(QueueDeclaration declaration, Binding... bindings) {
        List<Binding> copies = List.of(bindings);
        return ask(() -> {
            QueueState declared = broker.declare(declaration, this);
            copies.forEach(broker::bind);
            return declared;
        });
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeDeclaration declaration) {
        return tell(() -> broker.declare(declaration));
    }

    @Override
    public CompletableFuture<Void> bind(Binding binding) {
        return tell(() -> broker.bind(binding));
    }

    @Override
    public CompletableFuture<Void> unbind(Binding binding) {
        return tell(() -> broker.unbind(binding));
    }

    @Override
    public CompletableFuture<QueueState> inspect(String queue) {
        Names.queue(queue);
        return ask(() -> LocalBroker.state(broker.queue(queue)));
    }

    @Override
    public CompletableFuture<Long> purge(String queue) {
        Names.queue(queue);
        return ask(() -> (long) broker.queue(queue).purge());
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        Names.queue(queue);
        return ask(() -> broker.delete(queue));
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        Names.exchange(exchange);
        return tell(() -> broker.deleteExchange(exchange));
    }

    @Override
    public CompletableFuture<Void> publish(OutgoingMessage message) {
        return tell(() -> broker.publish(withReplyAddress(message)));
    }

    private OutgoingMessage withReplyAddress(OutgoingMessage message) {
        if (!REPLY_TO.equals(message.properties().replyTo())) {
            return message;
        }
        if (replyTo == null) {
            throw new RequestException(Reason.INVALID, "nobody consumes " + REPLY_TO + " here", null);
        }
        return new OutgoingMessage(
                message.exchange(),
                message.routingKey(),
                message.properties().toBuilder().replyTo(replyTo).build(),
                message.body(),
                message.unroutable());
    }

    @Override
    public CompletableFuture<Consumption> consume(ConsumeSpec spec, DeliveryListener listener) {
        return begin(spec, listener).thenApply(consumer -> consumer);
    }

    @Override
    public CompletableFuture<TransactionalConsumption> consumeTransactionally(
            ConsumeSpec spec, DeliveryListener listener) {
        if (spec.settling() != ConsumeSpec.Settling.BY_CONSUMER) {
            throw new IllegalArgumentException("a consumer that settles on delivery has nothing to commit");
        }
        return begin(spec, listener).thenApply(Transactional::new);
    }

    private record Transactional(LocalConsumer consumer) implements TransactionalConsumption {
        @Override
        public CompletableFuture<Void> commit(List<OutgoingMessage> messages, Map<Delivery, Settlement> settlements) {
            return consumer.commit(messages, settlements);
        }

        @Override
        public CompletableFuture<Void> cancel() {
            return consumer.cancelGivingBack();
        }
    }

    private CompletableFuture<LocalConsumer> begin(ConsumeSpec spec, DeliveryListener listener) {
        return ask(() -> {
            LocalQueue queue = broker.queue(spec.queue().equals(REPLY_TO) ? replyQueue() : spec.queue());
            if (queue.isExclusive()
                    || (spec.sharing() == ConsumeSpec.Sharing.EXCLUSIVE
                            && !queue.consumers().isEmpty())) {
                throw new RequestException(Reason.IN_USE, "the queue '" + queue.name() + "' has a consumer", null);
            }
            LocalConsumer consumer = new LocalConsumer(broker, this, queue, spec, listener);
            queue.add(consumer);
            broker.execute(queue::pump);
            return consumer;
        });
    }

    private String replyQueue() {
        String name = replyTo;
        if (name == null) {
            name = broker.declare(QueueDeclaration.temporary(), this).name();
            replyTo = name;
        }
        return name;
    }

    @Override
    public void close() {
        broker.execute(() -> {
            if (!closed) {
                closed = true;
                broker.close(this);
            }
        });
    }
}
