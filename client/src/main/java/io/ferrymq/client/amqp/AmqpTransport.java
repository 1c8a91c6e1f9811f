package io.ferrymq.client.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownSignalException;
import io.ferrymq.client.BackOff;
import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Consumption;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.Names;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A broker over the network.
 *
 * <p>Thread contract: any thread calls what {@link Transport} has; each call becomes one task of the worker, which owns
 * all fields below.
 *
 * <pre>
 *   state          on                        to
 *   connected      a connection is lost      disconnected: consumers are told, requests and messages wait
 *   disconnected   a connection is opened    connected: declared again, consumed again, sent again, then what waited
 *   any            close                     closed
 * </pre>
 */
final class AmqpTransport implements Transport {
    private static final BackOff BACK_OFF = new BackOff(Duration.ofMillis(50), Duration.ofSeconds(5));
    private static final String NAME_PREFIX = "ferry-";

    private final ConnectionFactory factory;
    private final String broker;
    private final ExecutorService worker = Executors.newSingleThreadExecutor(AmqpProvider::daemon);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Topology topology = new Topology();
    private final Consumptions consumptions = new Consumptions(topology::heldBecause, this::reclaimLater);
    private final AmqpPublisher publisher = new AmqpPublisher(this::work, consumptions::publisherReplaced);
    private final Requests requests = new Requests(worker, this::reclaimLater);
    private final Reclaim reclaim = new Reclaim(this::work, BACK_OFF, topology, consumptions, publisher, requests);
    private @Nullable Session session;
    private @Nullable ClosedException closed;

    private AmqpTransport(ConnectionFactory factory, String broker) {
        this.factory = factory;
        this.broker = broker;
    }

    /** Connects; fails if the broker cannot be reached now. */
    static AmqpTransport open(ConnectionFactory factory, String broker) {
        AmqpTransport transport = new AmqpTransport(factory, broker);
        try {
            CompletableFuture.runAsync(transport::connectFirst, transport.worker)
                    .join();
            return transport;
        } catch (CompletionException e) {
            transport.worker.shutdown();
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw cause instanceof DisconnectedException told
                    ? told
                    : new DisconnectedException("no connection to " + broker + ": " + cause, cause);
        }
    }

    /** Runs something on the worker, if that has not ended. */
    void work(Runnable task) {
        try {
            worker.execute(task);
        } catch (RejectedExecutionException e) {
            // Closed: nothing is left that the task could change.
            return;
        }
    }

    // ---- connecting ----

    private void connectFirst() {
        try {
            connect();
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            throw new DisconnectedException("no connection to " + broker + ": " + e, e);
        }
    }

    private void connect() throws IOException, TimeoutException {
        Session opened = Session.open(factory);
        boolean restored = false;
        try {
            opened.publishing().addShutdownListener(signal -> work(() -> lost(opened, signal)));
            opened.consuming().addShutdownListener(signal -> work(() -> lost(opened, signal)));
            reclaim.begin(opened);
            session = opened;
            publisher.begin(opened);
            consumptions.begin(opened, publisher);
            publisher.flush();
            restored = true;
        } finally {
            if (!restored) {
                session = null;
                reclaim.stop();
                consumptions.stop();
                opened.end();
            }
        }
        requests.connected(opened);
        reclaim.later();
    }

    private void reclaimLater() {
        reclaim.later();
    }

    private void lost(Session which, ShutdownSignalException signal) {
        if (!which.equals(session)) {
            return;
        }
        session = null;
        reclaim.stop();
        which.end();
        publisher.interrupted(Faults.refusal(signal));
        requests.interrupted();
        consumptions.interrupted();
        if (closed == null) {
            connectLater(1);
        }
    }

    private void connectLater(int attempt) {
        CompletableFuture.delayedExecutor(BACK_OFF.millisAfter(attempt), TimeUnit.MILLISECONDS, this::work)
                .execute(() -> connectAgain(attempt));
    }

    private void connectAgain(int attempt) {
        if (closed != null || session != null) {
            return;
        }
        try {
            connect();
        } catch (IOException | TimeoutException | ShutdownSignalException e) {
            // Told by nobody asking: who waits goes on waiting, and the next attempt follows.
            publisher.interrupted(Optional.empty());
            connectLater(attempt + 1);
        }
    }

    // ---- requests ----

    @Override
    public CompletableFuture<QueueState> declareQueue(QueueDeclaration declaration) {
        QueueDeclaration named =
                declaration.name().isEmpty() ? declaration.named(NAME_PREFIX + UUID.randomUUID()) : declaration;
        return requests.ask(open -> {
            AMQP.Queue.DeclareOk declared = Topology.declare(open.requests(), named);
            topology.declared(named);
            return state(declared);
        });
    }

    @Override
    public CompletableFuture<QueueState> declareQueueOnce(QueueDeclaration declaration, Binding... bindings) {
        return requests.ask(open -> {
            AMQP.Queue.DeclareOk declared = Topology.declare(open.requests(), declaration);
            for (Binding binding : bindings) {
                Topology.bind(open.requests(), binding);
            }
            return state(declared);
        });
    }

    private static QueueState state(AMQP.Queue.DeclareOk queue) {
        return new QueueState(queue.getQueue(), queue.getMessageCount(), queue.getConsumerCount());
    }

    @Override
    public CompletableFuture<Void> declareExchange(ExchangeDeclaration declaration) {
        return requests.change(open -> {
            Topology.declare(open.requests(), declaration);
            topology.declared(declaration);
        });
    }

    @Override
    public CompletableFuture<Void> bind(Binding binding) {
        return requests.change(open -> {
            Topology.bind(open.requests(), binding);
            topology.bound(binding);
        });
    }

    @Override
    public CompletableFuture<Void> unbind(Binding binding) {
        return requests.change(open -> {
            open.requests()
                    .queueUnbind(
                            binding.queue(),
                            binding.exchange(),
                            binding.routingKey(),
                            AmqpProperties.tableToAmqp(binding.arguments()));
            topology.unbound(binding);
        });
    }

    @Override
    public CompletableFuture<QueueState> inspect(String queue) {
        Names.queue(queue);
        return requests.ask(open -> state(open.requests().queueDeclarePassive(queue)));
    }

    @Override
    public CompletableFuture<Long> purge(String queue) {
        Names.queue(queue);
        return requests.ask(open -> (long) open.requests().queuePurge(queue).getMessageCount());
    }

    @Override
    public CompletableFuture<Long> deleteQueue(String queue) {
        Names.queue(queue);
        return requests.ask(open -> {
            long waited = open.requests().queueDelete(queue).getMessageCount();
            topology.queueDeleted(queue);
            return waited;
        });
    }

    @Override
    public CompletableFuture<Void> deleteExchange(String exchange) {
        Names.exchange(exchange);
        return requests.change(open -> {
            open.requests().exchangeDelete(exchange);
            topology.exchangeDeleted(exchange);
        });
    }

    // ---- messages ----

    @Override
    public CompletableFuture<Void> publish(OutgoingMessage message) {
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        requests.submit(
                () -> {
                    if (closed != null) {
                        confirmed.completeExceptionally(closed);
                    } else {
                        publisher.publish(identified(message), confirmed);
                    }
                },
                confirmed);
        return confirmed;
    }

    /** By its id a message that was sent twice is known, and one that comes back. */
    static OutgoingMessage identified(OutgoingMessage message) {
        if (message.properties().messageId() != null) {
            return message;
        }
        return new OutgoingMessage(
                message.exchange(),
                message.routingKey(),
                message.properties().toBuilder()
                        .messageId(UUID.randomUUID().toString())
                        .build(),
                message.body(),
                message.unroutable());
    }

    @Override
    public CompletableFuture<Consumption> consume(ConsumeSpec spec, DeliveryListener listener) {
        return begin(new AmqpConsumption(this::work, consumptions, spec, listener, AmqpConsumption.Mode.PLAIN))
                .thenApply(begun -> begun);
    }

    @Override
    public CompletableFuture<TransactionalConsumption> consumeTransactionally(
            ConsumeSpec spec, DeliveryListener listener) {
        if (spec.settling() != ConsumeSpec.Settling.BY_CONSUMER) {
            throw new IllegalArgumentException("a consumer that settles on delivery has nothing to commit");
        }
        return begin(new AmqpConsumption(this::work, consumptions, spec, listener, AmqpConsumption.Mode.TRANSACTIONAL))
                .thenApply(begun -> new AmqpTransactionalConsumption(requests, begun));
    }

    private CompletableFuture<AmqpConsumption> begin(AmqpConsumption consumption) {
        return requests.ask(open -> {
            consumptions.add(open, publisher, consumption);
            return consumption;
        });
    }

    // ---- the end ----

    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            CompletableFuture.runAsync(this::end, worker).join();
            worker.shutdown();
        }
    }

    private void end() {
        ClosedException reason = new ClosedException("closed", null);
        closed = reason;
        Session open = session;
        session = null;
        reclaim.stop();
        consumptions.end(reason);
        publisher.end(reason);
        requests.end(reason);
        if (open != null) {
            open.end();
        }
    }
}
