package io.ferrymq.embedded;

import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.shard.BrokenShardException;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.Names;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A link to a broker of this process.
 *
 * <p>Thread contract: any thread calls what {@link Transport} has; each call becomes one task of the lane, which owns all
 * fields below. Futures complete on the lane.
 */
final class EmbeddedTransport implements Transport, LinkListener {
    private final EmbeddedBroker broker;
    private final EmbeddedLane lane;
    private final Runnable onClosed;
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Set<Request<?>> unanswered = new LinkedHashSet<>();
    private final Set<EmbeddedConsumption> consumptions = new LinkedHashSet<>();
    private @Nullable Link link;
    private @Nullable EmbeddedPublisher publisher;
    private @Nullable ClosedException closed;

    /** @param onClosed run, once, by whoever closes the transport, when it is closed */
    EmbeddedTransport(EmbeddedBroker broker, Runnable onClosed) {
        this.broker = broker;
        this.lane = broker.lane();
        this.onClosed = onClosed;
    }

    /** Opens the link. Lane. */
    void begin() {
        Link opened = broker.link(this);
        link = opened;
        publisher = new EmbeddedPublisher(opened, () -> broker.shortage(opened));
    }

    // ---- requests ----

    private static final class Request<T> {
        private final CompletableFuture<T> answer = new CompletableFuture<>();
    }

    /** Does something on the lane, and answers when all it changed is durable. */
    private <T> CompletableFuture<T> request(Function<Link, T> work) {
        Request<T> request = new Request<>();
        lane.execute(() -> {
            if (closed != null) {
                request.answer.completeExceptionally(closed);
                return;
            }
            Link open = Objects.requireNonNull(link);
            unanswered.add(request);
            try {
                T result = work.apply(open);
                open.afterDurable(() -> {
                    unanswered.remove(request);
                    request.answer.complete(result);
                });
            } catch (BrokenShardException e) {
                throw e;
            } catch (RuntimeException e) {
                // It has changed nothing: what goes wrong inside the broker comes as the exception above.
                unanswered.remove(request);
                request.answer.completeExceptionally(toClient(e));
            }
        });
        return request.answer;
    }

    private static TransportException toClient(RuntimeException e) {
        if (e instanceof TransportException told) {
            return told;
        }
        return e instanceof RefusedException refused
                ? Refusals.requestException(refused)
                : new RequestException(RequestException.Reason.INVALID, String.valueOf(e.getMessage()), e);
    }

    /** For what answers nothing. */
    private CompletableFuture<Void> change(Consumer<Link> work) {
        return request(open -> {
                    work.accept(open);
                    return true;
                })
                .thenAccept(done -> {});
    }

    @Override
    public CompletableFuture<QueueState> declareQueue(QueueDeclaration declaration) {
        return request(open -> declare(open, declaration));
    }

    /** Nothing is ever lost here that would have to be declared again. */
    @Override
    public CompletableFuture<QueueState> declareQueueOnce(QueueDeclaration declaration, Binding... bindings) {
        return request(open -> {
            QueueState declared = declare(open, declaration);
            for (Binding binding : bindings) {
                bind(open, binding);
            }
            return declared;
        });
    }

    private static QueueState declare(Link open, QueueDeclaration declaration) {
        return state(open.declareQueue(new QueueSpec(
                declaration.name(),
                declaration.durable(),
                declaration.exclusive(),
                declaration.autoDelete(),
                QueueArguments.of(declaration.arguments()))));
    }

    private static void bind(Link open, Binding binding) {
        open.bindQueue(binding.queue(), binding.exchange(), binding.routingKey(), Tables.nullable(binding.arguments()));
    }

    private static QueueState state(QueueStatus status) {
        return new QueueState(status.name(), status.messagesReady(), status.consumers());
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeDeclaration declaration) {
        return change(open -> open.declareExchange(new ExchangeSpec(
                declaration.name(),
                ExchangeType.require(declaration.type()),
                declaration.durable(),
                declaration.autoDelete(),
                false,
                Tables.nullable(declaration.arguments()))));
    }

    @Override
    public CompletableFuture<Void> bind(Binding binding) {
        return change(open -> bind(open, binding));
    }

    @Override
    public CompletableFuture<Void> unbind(Binding binding) {
        return change(open -> open.unbindQueue(
                binding.queue(), binding.exchange(), binding.routingKey(), Tables.nullable(binding.arguments())));
    }

    @Override
    public CompletableFuture<QueueState> inspect(String queue) {
        Names.queue(queue);
        return request(open -> state(open.checkQueue(queue)));
    }

    @Override
    public CompletableFuture<Long> purge(String queue) {
        Names.queue(queue);
        return request(open -> open.purgeQueue(queue));
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        Names.queue(queue);
        return request(open -> open.deleteQueue(queue, Set.of()));
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        Names.exchange(exchange);
        return change(open -> open.deleteExchange(exchange, Set.of()));
    }

    // ---- messages ----

    @Override
    public CompletableFuture<Void> publish(OutgoingMessage message) {
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        lane.execute(() -> {
            if (closed != null) {
                confirmed.completeExceptionally(closed);
            } else {
                Objects.requireNonNull(publisher).publish(message, confirmed);
            }
        });
        return confirmed;
    }

    @Override
    public CompletableFuture<Consumption> consume(ConsumeSpec spec, DeliveryListener listener) {
        return subscribe(spec, listener).thenApply(consumption -> consumption);
    }

    @Override
    public CompletableFuture<TransactionalConsumption> consumeTransactionally(
            ConsumeSpec spec, DeliveryListener listener) {
        if (spec.settling() != ConsumeSpec.Settling.BY_CONSUMER) {
            throw new IllegalArgumentException("a consumer that settles on delivery has nothing to commit");
        }
        return subscribe(spec, listener)
                .thenApply(consumption ->
                        new EmbeddedTransaction(this::change, Objects.requireNonNull(publisher), consumption));
    }

    private CompletableFuture<EmbeddedConsumption> subscribe(ConsumeSpec spec, DeliveryListener listener) {
        return request(open -> {
            EmbeddedConsumption consumption = new EmbeddedConsumption(lane, open, spec, listener, consumptions::remove);
            if (spec.queue().equals(REPLY_TO)) {
                Objects.requireNonNull(publisher).replyAddress(consumption.listenForReplies());
            } else {
                consumption.subscribe();
            }
            consumptions.add(consumption);
            return consumption;
        });
    }

    // ---- what the broker says; on the lane ----

    @Override
    public void durable(long sequence) {
        Objects.requireNonNull(publisher).durable(sequence);
    }

    @Override
    public void blocked(String reason) {
        // Each publish looks for itself.
    }

    @Override
    public void unblocked() {
        // Each publish looks for itself.
    }

    @Override
    public void relieved() {
        Objects.requireNonNull(publisher).relieved();
        List.copyOf(consumptions).forEach(EmbeddedConsumption::relieved);
    }

    @Override
    public void closing(String reason) {
        end(new ClosedException(reason, null));
    }

    @Override
    public void failed(RuntimeException cause) {
        end(new ClosedException("the transport has failed", cause));
    }

    // ---- the end ----

    /** The broker has failed: nothing can be given back any more. Lane. */
    void brokerFailed(Throwable cause) {
        link = null;
        end(new ClosedException("the broker has failed", cause));
    }

    @Override
    public void close() {
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        if (lane.isCurrent()) {
            // The broker may be in the middle of something, as to deliver what the application answers with this.
            consumptions.forEach(EmbeddedConsumption::pause);
            lane.execute(() -> {
                try {
                    end(new ClosedException("closed", null));
                } finally {
                    Thread.ofVirtual().start(onClosed);
                }
            });
            return;
        }
        CompletableFuture<Void> ended = new CompletableFuture<>();
        lane.execute(() -> {
            try {
                end(new ClosedException("closed", null));
            } finally {
                ended.complete(null);
            }
        });
        ended.join();
        onClosed.run();
    }

    private void end(ClosedException reason) {
        if (closed != null) {
            return;
        }
        closed = reason;
        broker.left(this);
        Link open = link;
        for (EmbeddedConsumption consumption : List.copyOf(consumptions)) {
            consumption.end(reason);
            if (open != null) {
                open.work(consumption::giveBack, () -> {});
            }
        }
        consumptions.clear();
        if (publisher != null) {
            publisher.end(reason);
        }
        if (open != null) {
            open.close();
        }
        List.copyOf(unanswered).forEach(request -> request.answer.completeExceptionally(reason));
        unanswered.clear();
    }
}
