package io.ferrymq.broker.topology;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.Route;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The bindings of one virtual host, by the exchange they come from and by what they lead to, so that either end finds
 * its own without looking at others.
 */
final class BindingTable {
    private final Map<String, Map<Binding, Route>> bySource = new LinkedHashMap<>();
    private final Map<String, Map<Binding, Route>> byQueue = new HashMap<>();
    private final Map<String, Map<Binding, Route>> byTargetExchange = new HashMap<>();
    private int size;

    int size() {
        return size;
    }

    boolean contains(Binding binding) {
        return bySource.getOrDefault(binding.source(), Map.of()).containsKey(binding);
    }

    /** Adds a binding that is not there yet. */
    void add(Binding binding, Route route) {
        bySource.computeIfAbsent(binding.source(), _ -> new LinkedHashMap<>()).put(binding, route);
        byDestination(binding.destinationKind())
                .computeIfAbsent(binding.destination(), _ -> new LinkedHashMap<>())
                .put(binding, route);
        size++;
    }

    /** Takes a binding away and returns its route; empty if there is no such binding. */
    Optional<Route> remove(Binding binding) {
        Optional<Route> route = remove(bySource, binding.source(), binding);
        if (route.isPresent()) {
            remove(byDestination(binding.destinationKind()), binding.destination(), binding);
            size--;
        }
        return route;
    }

    Collection<Binding> from(String exchange) {
        return bySource.getOrDefault(exchange, Map.of()).keySet();
    }

    Collection<Binding> to(Resource.Kind kind, String name) {
        return byDestination(kind).getOrDefault(name, Map.of()).keySet();
    }

    Stream<Binding> all() {
        return bySource.values().stream().flatMap(bindings -> bindings.keySet().stream());
    }

    /** What goes when an exchange goes: the bindings from it and those to it, each once. */
    List<Binding> touchingExchange(String name) {
        Stream<Binding> incoming = to(Resource.Kind.EXCHANGE, name).stream()
                .filter(binding -> !binding.source().equals(name));
        return Stream.concat(from(name).stream(), incoming).toList();
    }

    private Map<String, Map<Binding, Route>> byDestination(Resource.Kind kind) {
        return switch (kind) {
            case QUEUE -> byQueue;
            case EXCHANGE -> byTargetExchange;
        };
    }

    private static Optional<Route> remove(Map<String, Map<Binding, Route>> index, String name, Binding binding) {
        Map<Binding, Route> bindings = index.get(name);
        if (bindings == null) {
            return Optional.empty();
        }
        Optional<Route> route = Optional.ofNullable(bindings.remove(binding));
        if (bindings.isEmpty()) {
            index.remove(name);
        }
        return route;
    }
}
