package io.ferrymq.tasks.testkit;

import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.OutgoingMessage.Unroutable;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.RefusedException;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.RequestException.Reason;
import io.ferrymq.client.transport.UnroutableException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Queues and exchanges in this process, as far as tasks need them, and without a thread: whoever asks does the work. What is
 * asked for from within a delivery, or by another thread meanwhile, is done afterwards.
 */
final class LocalBroker {
    private final Lane lane = new Lane();
    private final Clock clock;
    private final Map<String, LocalQueue> queues = new LinkedHashMap<>();
    private final Map<String, LocalExchange> exchanges = new LinkedHashMap<>();
    private final Map<String, ExchangeDeclaration> declarations = new LinkedHashMap<>();
    private long lastName;

    LocalBroker(Clock clock) {
        this.clock = clock;
        for (String type : List.of("direct", "fanout", "topic")) {
            exchanges.put("amq." + type, new LocalExchange(type));
        }
    }

    LocalTransport open() {
        return new LocalTransport(this);
    }

    Instant now() {
        return clock.instant();
    }

    void execute(Runnable work) {
        lane.execute(work);
    }

    /** Runs something of a user's, never on the lane. */
    void outside(Runnable work) {
        lane.outside(work);
    }

    boolean isOnLane() {
        return lane.isMine();
    }

    /** Answers on the lane. */
    <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        execute(() -> {
            T value;
            try {
                value = question.get();
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
                return;
            }
            answer.complete(value);
        });
        return answer;
    }

    // ---- what exists; on the lane ----

    QueueState declare(QueueDeclaration declaration, LocalTransport by) {
        String name = declaration.name().isEmpty() ? "local-" + ++lastName : declaration.name();
        LocalQueue there = queues.get(name);
        if (there == null) {
            LocalQueue queue = new LocalQueue(this, name, declaration.named(name), by);
            queues.put(name, queue);
            return state(queue);
        }
        if (!there.declaration().equals(declaration)) {
            throw new RequestException(
                    Reason.DIFFERENT, "the queue '" + name + "' is declared as " + there.declaration(), null);
        }
        return state(there);
    }

    static QueueState state(LocalQueue queue) {
        return new QueueState(
                queue.name(), queue.readyCount(), queue.consumers().size());
    }

    void declare(ExchangeDeclaration declaration) {
        ExchangeDeclaration there = declarations.putIfAbsent(declaration.name(), declaration);
        if (there == null) {
            try {
                exchanges.put(declaration.name(), new LocalExchange(declaration.type()));
            } catch (RequestException e) {
                declarations.remove(declaration.name());
                throw e;
            }
        } else if (!there.equals(declaration)) {
            throw new RequestException(
                    Reason.DIFFERENT, "the exchange '" + declaration.name() + "' is declared as " + there, null);
        }
    }

    void bind(Binding binding) {
        queue(binding.queue());
        exchange(binding.exchange()).bind(binding);
    }

    void unbind(Binding binding) {
        exchange(binding.exchange()).unbind(binding);
    }

    void deleteExchange(String name) {
        exchanges.remove(name);
        declarations.remove(name);
    }

    LocalQueue queue(String name) {
        LocalQueue queue = queues.get(name);
        if (queue == null) {
            throw new RequestException(Reason.NOT_FOUND, "there is no queue '" + name + "'", null);
        }
        return queue;
    }

    private LocalExchange exchange(String name) {
        LocalExchange exchange = exchanges.get(name);
        if (exchange == null) {
            throw new RequestException(Reason.NOT_FOUND, "there is no exchange '" + name + "'", null);
        }
        return exchange;
    }

    /** Deletes a queue and returns how many messages waited in it; 0 if there is none. */
    long delete(String name) {
        LocalQueue queue = queues.remove(name);
        if (queue == null) {
            return 0;
        }
        exchanges.values().forEach(exchange -> exchange.forget(name));
        RequestException gone = new RequestException(Reason.NOT_FOUND, "the queue '" + name + "' was deleted", null);
        queue.consumers().forEach(consumer -> consumer.end(gone));
        return queue.readyCount();
    }

    void remove(LocalQueue queue, LocalConsumer consumer) {
        if (queue.remove(consumer)) {
            delete(queue.name());
        }
        queue.pump();
    }

    /** Ends what a transport has here. */
    void close(LocalTransport transport) {
        for (LocalQueue queue : List.copyOf(queues.values())) {
            for (LocalConsumer consumer : queue.consumers()) {
                if (consumer.transport() == transport) {
                    consumer.giveBack();
                    remove(queue, consumer);
                    consumer.end(new ClosedException("the connection was closed", null));
                }
            }
            if (queue.isOwnedBy(transport)) {
                delete(queue.name());
            }
        }
    }

    // ---- messages; on the lane ----

    void publish(OutgoingMessage message) {
        List<LocalQueue> targets = route(message.exchange(), message.routingKey());
        if (targets.isEmpty() && message.unroutable() == Unroutable.FAIL) {
            throw new UnroutableException(message.exchange(), message.routingKey());
        }
        for (LocalQueue target : targets) {
            if (target.isFull()) {
                throw new RefusedException("the queue '" + target.name() + "' is full");
            }
        }
        for (LocalQueue target : targets) {
            target.add(message.exchange(), message.routingKey(), message.properties(), message.body());
        }
    }

    /** Fails as publishing would, for a reason that is not a full queue. */
    void requireExchange(String name) {
        if (!name.isEmpty()) {
            exchange(name);
        }
    }

    private List<LocalQueue> route(String exchange, String routingKey) {
        Set<String> names =
                exchange.isEmpty() ? Set.of(routingKey) : exchange(exchange).queues(routingKey);
        List<LocalQueue> targets = new ArrayList<>();
        for (String name : names) {
            LocalQueue queue = queues.get(name);
            if (queue != null) {
                targets.add(queue);
            }
        }
        return targets;
    }

    /** A dead letter whose exchange or queue is gone is dropped. */
    void deadLetter(String exchange, String routingKey, LocalQueue.Entry entry) {
        if (exchange.isEmpty() || exchanges.containsKey(exchange)) {
            MessageProperties properties =
                    entry.properties.toBuilder().expiration(null).build();
            route(exchange, routingKey).forEach(queue -> queue.add(exchange, routingKey, properties, entry.body));
        }
    }

    /** Has every queue look at the time. */
    void pumpAll() {
        execute(() -> List.copyOf(queues.values()).forEach(LocalQueue::pump));
    }

    /** All queues, in the order in which they were declared. */
    List<LocalQueue> queues() {
        return List.copyOf(queues.values());
    }
}
