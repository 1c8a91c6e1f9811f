package io.ferrymq.broker.routing;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What routing knows of one virtual host: its exchanges with their routes, its queues by name, and the cache of results.
 * Every change goes through here, so that the cache is never out of date.
 *
 * <p>Owned by the shard's lane.
 */
public final class RoutingTable {
    private final Map<String, Exchange> exchanges = new HashMap<>();
    private final Map<String, Destination> destinations = new HashMap<>();
    private final RouteCache cache;
    private long walks;

    /** A table with the default exchange and nothing else. */
    public RoutingTable() {
        this(new RouteCacheBytes());
    }

    /** The same; {@code cacheBytes} counts what its cache takes, with those of others. */
    public RoutingTable(RouteCacheBytes cacheBytes) {
        cache = new RouteCache(cacheBytes);
        exchanges.put("", new DefaultExchange(destinations));
    }

    public void add(Exchange exchange) {
        if (exchanges.putIfAbsent(exchange.name(), exchange) != null) {
            throw new IllegalStateException("an exchange is in the table already: " + exchange.name());
        }
        // It may be the alternate of another, whose kept results lead nowhere.
        cache.clear();
    }

    /** Takes away an exchange. What leads to it still leads nowhere; {@link #unbind} may take that away later. */
    public void remove(Exchange exchange) {
        exchanges.remove(exchange.name(), exchange);
        exchange.leave();
        cache.clear();
    }

    public void add(Destination destination) {
        if (destinations.putIfAbsent(destination.name(), destination) != null) {
            throw new IllegalStateException("a queue is in the table already: " + destination.name());
        }
    }

    /** Takes away a queue. What leads to it still leads nowhere; {@link #unbind} may take that away later. */
    public void remove(Destination destination) {
        destinations.remove(destination.name(), destination);
        destination.leave();
        cache.clear();
    }

    /** All of it goes. */
    public void close() {
        destinations.values().forEach(Destination::leave);
        destinations.clear();
        cache.drop();
    }

    public void bind(Exchange source, Route route) {
        source.add(route);
        cache.clear();
    }

    public void unbind(Exchange source, Route route) {
        source.remove(route);
        cache.clear();
    }

    /** The exchange of that name; the empty name is the default exchange. */
    public Optional<Exchange> exchange(String name) {
        return Optional.ofNullable(exchanges.get(name));
    }

    @Nullable Exchange find(String name) {
        return exchanges.get(name);
    }

    /** Keeps no results any more: the virtual host is gone, or memory is short. */
    public void dropResults() {
        cache.drop();
    }

    RouteCache cache() {
        return cache;
    }

    /** A number that no walk over this table had before. */
    long nextWalk() {
        return ++walks;
    }
}
