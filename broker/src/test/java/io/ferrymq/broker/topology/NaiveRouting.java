package io.ferrymq.broker.topology;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.routing.NaiveHeaders;
import io.ferrymq.broker.routing.NaiveTopic;
import io.ferrymq.broker.routing.Routable;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Where a message goes, found by looking at every binding; knows no index and no cache. Which of its routes a consistent
 * hash takes is not said here: it says which it may take.
 */
final class NaiveRouting {
    private final VirtualHost vhost;
    private final Set<String> queues = new TreeSet<>();
    private final Set<String> visited = new HashSet<>();
    private final ArrayDeque<String> pending = new ArrayDeque<>();

    private NaiveRouting(VirtualHost vhost) {
        this.vhost = vhost;
    }

    static Set<String> route(VirtualHost vhost, String exchange, Routable message) {
        return new NaiveRouting(vhost).route(exchange, message);
    }

    /** Whether a message to {@code exchange} can come through a consistent hash. */
    static boolean mayHash(VirtualHost vhost) {
        return vhost.exchanges().stream().anyMatch(exchange -> exchange.type() == ExchangeType.CONSISTENT_HASH);
    }

    private Set<String> route(String start, Routable message) {
        enter(start);
        while (!pending.isEmpty()) {
            pass(vhost.exchange(pending.remove()).orElseThrow(), message);
        }
        return queues;
    }

    private void pass(ExchangeSpec exchange, Routable message) {
        List<String> keys = Stream.concat(Stream.of(message.routingKey()), message.extraRoutingKeys().stream())
                .toList();
        if (exchange.name().isEmpty()) {
            keys.stream().filter(key -> vhost.queue(key).isPresent()).forEach(queues::add);
            return;
        }
        List<Binding> matching = vhost.bindings()
                .filter(binding -> binding.source().equals(exchange.name()))
                .filter(binding -> keys.stream().anyMatch(key -> takes(exchange.type(), binding, key, message)))
                .toList();
        matching.forEach(this::follow);
        if (matching.isEmpty()) {
            exchange.alternateExchange().ifPresent(this::enter);
        }
    }

    private void follow(Binding binding) {
        if (binding.destinationKind() == Resource.Kind.QUEUE) {
            queues.add(binding.destination());
        } else {
            enter(binding.destination());
        }
    }

    private void enter(String exchange) {
        if (vhost.exchange(exchange).isPresent() && visited.add(exchange)) {
            pending.add(exchange);
        }
    }

    private static boolean takes(ExchangeType type, Binding binding, String key, Routable message) {
        return switch (type) {
            case DIRECT -> binding.routingKey().equals(key);
            case FANOUT, CONSISTENT_HASH -> true;
            case TOPIC -> NaiveTopic.matches(binding.routingKey(), key);
            case HEADERS -> NaiveHeaders.matches(binding.arguments(), message.headers());
            case DELAYED -> throw new IllegalStateException("what is delayed is not routed");
        };
    }
}
