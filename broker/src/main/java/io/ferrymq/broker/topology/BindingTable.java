package io.ferrymq.broker.topology;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.Route;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The bindings of one virtual host, by the exchange they come from and by what they lead to, so that either end finds
 * its own without looking at others.
 *
 * <p>A queue or exchange that goes takes its bindings out of one of the two at once, however many they are, and leaves
 * them in the other until they are {@linkplain #forgetTo forgotten}, a few at a time. What stands here of them is not
 * shown: an entry by source is one as long as its route is live, an entry by destination as long as it is one by source.
 */
final class BindingTable {
    private final Map<String, Map<Binding, Route>> bySource = new LinkedHashMap<>();
    private final Map<String, Map<Binding, Route>> byQueue = new HashMap<>();
    private final Map<String, Map<Binding, Route>> byTargetExchange = new HashMap<>();
    private int size;

    /** Those too that are still to be forgotten. */
    int size() {
        return size;
    }

    boolean contains(Binding binding) {
        Route route = entriesFrom(binding.source()).get(binding);
        return route != null && route.isLive();
    }

    /** Adds a binding that is not there; returns the route of an equal one that was to be forgotten and is now. */
    Optional<Route> add(Binding binding, Route route) {
        Route replaced = bySource.computeIfAbsent(binding.source(), _ -> new LinkedHashMap<>())
                .put(binding, route);
        byDestination(binding.destinationKind())
                .computeIfAbsent(binding.destination(), _ -> new LinkedHashMap<>())
                .put(binding, route);
        size += replaced == null ? 1 : 0;
        return Optional.ofNullable(replaced);
    }

    /** Takes a binding away and returns its route; empty if there is no such binding. */
    Optional<Route> remove(Binding binding) {
        Optional<Route> route =
                Optional.ofNullable(entriesFrom(binding.source()).get(binding));
        route.ifPresent(known -> {
            forgetFrom(binding, known);
            remove(byDestination(binding.destinationKind()), binding.destination(), binding, known);
        });
        return route;
    }

    /** The bindings from an exchange, those that are to be forgotten among them. */
    Map<Binding, Route> entriesFrom(String exchange) {
        return bySource.getOrDefault(exchange, Map.of());
    }

    /** The bindings to a queue or exchange, those that are to be forgotten among them. */
    Map<Binding, Route> entriesTo(Resource.Kind kind, String name) {
        return byDestination(kind).getOrDefault(name, Map.of());
    }

    Collection<Binding> from(String exchange) {
        return live(entriesFrom(exchange)).toList();
    }

    Collection<Binding> to(Resource.Kind kind, String name) {
        return entriesTo(kind, name).entrySet().stream()
                .filter(entry -> isFrom(entry.getKey(), entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    boolean hasFrom(String exchange) {
        return live(entriesFrom(exchange)).findAny().isPresent();
    }

    Stream<Binding> all() {
        return bySource.values().stream().flatMap(BindingTable::live);
    }

    private static Stream<Binding> live(Map<Binding, Route> entries) {
        return entries.entrySet().stream()
                .filter(entry -> entry.getValue().isLive())
                .map(Map.Entry::getKey);
    }

    // ---- the ends go ----

    /** An exchange goes: its bindings, which the caller has to {@linkplain #forgetTaken forget}. */
    Map<Binding, Route> takeFrom(String exchange) {
        Map<Binding, Route> taken = bySource.remove(exchange);
        return taken == null ? Map.of() : taken;
    }

    /** A queue or exchange goes: what led to it, which the caller has to {@linkplain #forgetTo forget}. */
    Map<Binding, Route> takeTo(Resource.Kind kind, String name) {
        Map<Binding, Route> taken = byDestination(kind).remove(name);
        return taken == null ? Map.of() : taken;
    }

    /** Forgets a binding whose exchange has gone with all of its own. */
    void forgetTaken(Binding binding, Route route) {
        size--;
        remove(byDestination(binding.destinationKind()), binding.destination(), binding, route);
    }

    /** Forgets a binding whose destination has gone; false if its exchange has gone, too, or it was replaced. */
    boolean forgetTo(Binding binding, Route route) {
        return forgetFrom(binding, route);
    }

    private boolean forgetFrom(Binding binding, Route route) {
        boolean removed = remove(bySource, binding.source(), binding, route);
        size -= removed ? 1 : 0;
        return removed;
    }

    @SuppressWarnings("ReferenceEquality") // Is it this one, not: is it one like it.
    private boolean isFrom(Binding binding, Route route) {
        return entriesFrom(binding.source()).get(binding) == route;
    }

    private Map<String, Map<Binding, Route>> byDestination(Resource.Kind kind) {
        return switch (kind) {
            case QUEUE -> byQueue;
            case EXCHANGE -> byTargetExchange;
        };
    }

    private static boolean remove(Map<String, Map<Binding, Route>> index, String name, Binding binding, Route route) {
        Map<Binding, Route> bindings = index.get(name);
        if (bindings == null || !bindings.remove(binding, route)) {
            return false;
        }
        if (bindings.isEmpty()) {
            index.remove(name);
        }
        return true;
    }
}
