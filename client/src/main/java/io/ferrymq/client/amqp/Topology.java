package io.ferrymq.client.amqp;

import com.rabbitmq.client.Channel;
import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RequestException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What was declared and bound here, to be declared again. The worker's. */
final class Topology {
    private final Map<String, ExchangeDeclaration> exchanges = new LinkedHashMap<>();
    private final Map<String, QueueDeclaration> queues = new LinkedHashMap<>();
    private final Set<Binding> bindings = new LinkedHashSet<>();
    /** Queues that the broker keeps for another connection, to be declared later, with what it said. */
    private final Map<String, RequestException> held = new LinkedHashMap<>();

    void declared(ExchangeDeclaration exchange) {
        exchanges.put(exchange.name(), exchange);
    }

    void declared(QueueDeclaration queue) {
        queues.put(queue.name(), queue);
    }

    void bound(Binding binding) {
        bindings.add(binding);
    }

    void unbound(Binding binding) {
        bindings.remove(binding);
    }

    void queueDeleted(String name) {
        queues.remove(name);
        held.remove(name);
        bindings.removeIf(binding -> binding.queue().equals(name));
    }

    void exchangeDeleted(String name) {
        exchanges.remove(name);
        bindings.removeIf(binding -> binding.exchange().equals(name));
    }

    /**
     * Declares all again; what is refused now is left out, and whoever uses it will hear why. Queues that another
     * connection still has to itself are {@link #held}.
     */
    void restore(Session session) throws IOException {
        held.clear();
        for (ExchangeDeclaration exchange : exchanges.values()) {
            attempt(session, channel -> declare(channel, exchange));
        }
        for (QueueDeclaration queue : queues.values()) {
            declareOrHold(session, queue);
        }
        for (Binding binding : bindings) {
            if (!held.containsKey(binding.queue())) {
                attempt(session, channel -> bind(channel, binding));
            }
        }
    }

    /** Queues that were declared here and that the broker has not given to this connection yet. */
    Set<String> held() {
        return Set.copyOf(held.keySet());
    }

    /** What the broker has against giving this queue to this connection; empty if it is not held. */
    Optional<RequestException> heldBecause(String queue) {
        return Optional.ofNullable(held.get(queue));
    }

    /** Declares again what was held, with its bindings. */
    void restoreHeld(Session session) throws IOException {
        for (String name : held()) {
            declareOrHold(session, Objects.requireNonNull(queues.get(name)));
            for (Binding binding : bindings) {
                if (binding.queue().equals(name) && !held.containsKey(name)) {
                    attempt(session, channel -> bind(channel, binding));
                }
            }
        }
    }

    private void declareOrHold(Session session, QueueDeclaration queue) throws IOException {
        Optional<RequestException> refusal =
                attempt(session, channel -> declare(channel, queue)).filter(Faults::isInUse);
        held.remove(queue.name());
        refusal.ifPresent(inUse -> held.put(queue.name(), inUse));
    }

    private interface Request {
        void on(Channel channel) throws IOException;
    }

    /** What the broker has against the request; empty if it is done. */
    private static Optional<RequestException> attempt(Session session, Request request) throws IOException {
        try {
            request.on(session.requests());
            return Optional.empty();
        } catch (IOException e) {
            Optional<RequestException> refusal = Faults.refusal(e);
            if (refusal.isEmpty() || !session.consuming().isOpen()) {
                throw e;
            }
            return refusal;
        }
    }

    static void declare(Channel channel, ExchangeDeclaration exchange) throws IOException {
        channel.exchangeDeclare(
                exchange.name(),
                exchange.type(),
                exchange.durable(),
                exchange.autoDelete(),
                AmqpProperties.tableToAmqp(exchange.arguments()));
    }

    static com.rabbitmq.client.AMQP.Queue.DeclareOk declare(Channel channel, QueueDeclaration queue)
            throws IOException {
        return channel.queueDeclare(
                queue.name(),
                queue.durable(),
                queue.exclusive(),
                queue.autoDelete(),
                AmqpProperties.tableToAmqp(queue.arguments()));
    }

    static void bind(Channel channel, Binding binding) throws IOException {
        channel.queueBind(
                binding.queue(),
                binding.exchange(),
                binding.routingKey(),
                AmqpProperties.tableToAmqp(binding.arguments()));
    }
}
