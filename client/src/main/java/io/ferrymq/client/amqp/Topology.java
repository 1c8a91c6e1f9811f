package io.ferrymq.client.amqp;

import com.rabbitmq.client.Channel;
import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.ExchangeDeclaration;
import io.ferrymq.client.transport.QueueDeclaration;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What was declared and bound here, to be declared again. The worker's. */
final class Topology {
    private final Map<String, ExchangeDeclaration> exchanges = new LinkedHashMap<>();
    private final Map<String, QueueDeclaration> queues = new LinkedHashMap<>();
    private final Set<Binding> bindings = new LinkedHashSet<>();

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
        bindings.removeIf(binding -> binding.queue().equals(name));
    }

    void exchangeDeleted(String name) {
        exchanges.remove(name);
        bindings.removeIf(binding -> binding.exchange().equals(name));
    }

    /** Declares all again; what is refused now is left out, and whoever uses it will hear why. */
    void restore(Session session) throws IOException {
        for (ExchangeDeclaration exchange : exchanges.values()) {
            attempt(session, channel -> declare(channel, exchange));
        }
        for (QueueDeclaration queue : queues.values()) {
            attempt(session, channel -> declare(channel, queue));
        }
        for (Binding binding : bindings) {
            attempt(session, channel -> bind(channel, binding));
        }
    }

    private interface Request {
        void on(Channel channel) throws IOException;
    }

    private static void attempt(Session session, Request request) throws IOException {
        try {
            request.on(session.requests());
        } catch (IOException e) {
            if (Faults.refusal(e).isEmpty() || !session.consuming().isOpen()) {
                throw e;
            }
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
