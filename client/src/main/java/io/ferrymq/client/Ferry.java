package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.Transport;
import java.net.URI;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A broker, in this process or over the network, and the queues that are used in it.
 *
 * <pre>
 *   memory:                       a broker of this process, gone with it
 *   memory:NAME                   the same, shared by all who open that name
 *   file:DIR                      a broker of this process that keeps its messages in a directory
 *   amqp://user:password@host/    any broker that speaks AMQP 0-9-1; amqps with TLS
 * </pre>
 *
 * <p>Thread contract: any thread. The threads of a client are daemons: they do not keep a program alive.
 */
public final class Ferry implements AutoCloseable {
    private final Transport transport;
    private final String idPrefix = UUID.randomUUID() + "-";
    private final AtomicLong ids = new AtomicLong();
    private final ConcurrentMap<String, Unfinished> unfinished = new ConcurrentHashMap<>();
    private final Set<MessageQueue<?>> queues = ConcurrentHashMap.newKeySet();

    private final Replies replies;

    private Ferry(Transport transport) {
        this.transport = transport;
        this.replies = new Replies(transport);
    }

    /**
     * Opens a broker.
     *
     * @throws io.ferrymq.client.transport.DisconnectedException if it cannot be reached or opened
     */
    public static Ferry open(String uri) {
        return new Ferry(Transport.open(uri));
    }

    public static Ferry open(URI uri) {
        return new Ferry(Transport.open(uri));
    }

    /** A durable queue of values of that type, declared if it is not there. */
    public <T> MessageQueue<T> queue(String name, Class<T> type) throws InterruptedException {
        return queue(QueueOptions.durable(name), Codec.of(type));
    }

    public <T> MessageQueue<T> queue(QueueOptions options, Codec<T> codec) throws InterruptedException {
        return Waits.get(opened(options, codec));
    }

    public <T> CompletableFuture<MessageQueue<T>> queueAsync(QueueOptions options, Codec<T> codec) {
        return Promises.offered(opened(options, codec), () -> {}, queue -> queue);
    }

    private <T> CompletableFuture<MessageQueue<T>> opened(QueueOptions options, Codec<T> codec) {
        return declared(options).thenApply(state -> {
            MessageQueue<T> queue = new MessageQueue<>(this, options, state.name(), codec);
            queues.add(queue);
            return queue;
        });
    }

    private CompletableFuture<QueueState> declared(QueueOptions options) {
        if (options.kind() == QueueOptions.Kind.EXISTING) {
            return transport.inspect(options.name());
        }
        CompletableFuture<QueueState> declared = transport.declareQueue(options.declaration());
        return options.deadLetters()
                .map(name ->
                        transport.declareQueue(QueueDeclaration.durable(name)).thenCompose(deadLetters -> declared))
                .orElse(declared);
    }

    /** The lower level, for exchanges, bindings and whatever else AMQP has. */
    public Transport transport() {
        return transport;
    }

    /** What a queue's messages have come to, for all objects that stand for the queue here. */
    Unfinished unfinished(String queue) {
        return unfinished.computeIfAbsent(queue, name -> new Unfinished(idPrefix));
    }

    Replies replies() {
        return replies;
    }

    /** A message id that no other message has. */
    String nextId() {
        return idPrefix + ids.incrementAndGet();
    }

    void closed(MessageQueue<?> queue) {
        queues.remove(queue);
    }

    /** Wakes everyone who waits, gives back what was not answered, and lets go of the broker. Blocks for that. */
    @Override
    public void close() {
        ClosedException reason = new ClosedException("the client was closed", null);
        Set.copyOf(queues).forEach(queue -> queue.close(reason));
        transport.close();
    }
}
