package io.ferrymq.client.transport;

import java.net.URI;
import java.util.concurrent.CompletableFuture;

/**
 * A way to a broker: in this process or over the network.
 *
 * <p>Thread contract: any thread; nothing blocks but {@link #open} and {@link #close}. Futures complete on the
 * transport's own thread, so what is attached to them must be short. They fail with a {@link TransportException}.
 *
 * <p>What is declared, bound and consumed here is remembered: a transport that loses its broker and finds it again
 * restores it and then sends again, in order, what was not confirmed. A message may so arrive twice, with one message id.
 */
public interface Transport extends AutoCloseable {
    /**
     * The queue name that stands for this transport's own address for replies. Whoever consumes it, {@linkplain
     * ConsumeSpec.Settling#ON_DELIVERY settling on delivery}, may publish with this name as reply-to: the broker puts
     * the real address in its place (RabbitMQ: direct reply-to).
     */
    String REPLY_TO = "amq.rabbitmq.reply-to";

    /**
     * Opens the transport that the URI's scheme names.
     *
     * @throws DisconnectedException if the broker cannot be reached, or there is no transport for the scheme
     */
    static Transport open(URI uri) {
        return Transports.open(uri);
    }

    /**
     * Opens the transport that the URI's scheme names.
     *
     * @throws DisconnectedException if the broker cannot be reached, or there is no transport for the scheme
     * @throws IllegalArgumentException if it is no URI
     */
    static Transport open(String uri) {
        // The class URI wants something behind the colon.
        return open(URI.create(uri.endsWith(":") ? uri + "?" : uri));
    }

    /** Declares a queue, or confirms that there is one like it. An empty name asks for a new one: see the state's name. */
    CompletableFuture<QueueState> declareQueue(QueueDeclaration declaration);

    /**
     * Declares a queue that is not this transport's alone to keep, and binds it: it is not remembered, so that one which
     * others have deleted is not made again after the broker was lost.
     */
    CompletableFuture<QueueState> declareQueueOnce(QueueDeclaration declaration, Binding... bindings);

    CompletableFuture<Void> declareExchange(ExchangeDeclaration declaration);

    CompletableFuture<Void> bind(Binding binding);

    CompletableFuture<Void> unbind(Binding binding);

    /** What waits in a queue, and how many consume it. */
    CompletableFuture<QueueState> inspect(String queue);

    /** Forgets all messages that wait; returns how many. */
    CompletableFuture<Long> purge(String queue);

    /** Deletes a queue and returns how many messages waited in it; 0 if there is none. */
    CompletableFuture<Long> deleteQueue(String queue);

    CompletableFuture<Void> deleteExchange(String exchange);

    /**
     * Publishes. Completes when the broker is responsible for the message: a persistent one is on disk in every durable
     * queue that took it. Fails with {@link RefusedException} if a queue is full, and with {@link UnroutableException}
     * if the message insists on a queue and there is none.
     */
    CompletableFuture<Void> publish(OutgoingMessage message);

    /** Begins to consume. Deliveries may reach the listener before the future completes. */
    CompletableFuture<Consumption> consume(ConsumeSpec spec, DeliveryListener listener);

    /**
     * Begins to consume in transactions. It settles by consumer; otherwise as {@link #consume}.
     *
     * @throws IllegalArgumentException if the consumer would settle on delivery
     */
    CompletableFuture<TransactionalConsumption> consumeTransactionally(ConsumeSpec spec, DeliveryListener listener);

    /** Ends everything. What was delivered and not settled is given back; open futures fail with {@link ClosedException}. */
    @Override
    void close();
}
