package io.ferrymq.broker.routing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds where a message goes: along the routes of its exchange, through further exchanges that these lead to, and from
 * an exchange that has no route for it to that exchange's alternate. An exchange is passed once, so loops end.
 *
 * <p>Owned by the shard's lane. Allocates nothing for a message, except when its result enters the cache. Whoever routes
 * again while still reading a result, as dead-lettering may, has a second router.
 */
public final class Router {
    private final Walk walk = new Walk();
    private final Destinations result = new Destinations();

    /**
     * Routes a message that was sent to {@code start}, an exchange of {@code table}.
     *
     * @return a view that is valid until the next call
     */
    public Destinations route(RoutingTable table, Exchange start, Routable message) {
        boolean keepable =
                start.dependsOnKeyOnly() && message.extraRoutingKeys().isEmpty();
        if (!keepable) {
            walkFrom(table, start, message);
            return result;
        }
        String key = message.routingKey();
        Destination @Nullable [] kept = table.cache().find(start, key);
        if (kept != null) {
            result.point(kept, kept.length, List.of(), 0);
        } else if (walkFrom(table, start, message)) {
            table.cache().offer(start, key, walk.found(), walk.foundCount());
        }
        return result;
    }

    /** Returns whether every exchange passed looked at nothing but the routing key. */
    private boolean walkFrom(RoutingTable table, Exchange start, Routable message) {
        walk.begin(table.nextWalk());
        walk.enter(start);
        boolean byKeyOnly = true;
        while (walk.hasPending()) {
            Exchange exchange = walk.nextPending();
            byKeyOnly &= exchange.dependsOnKeyOnly();
            pass(table, exchange, message);
        }
        result.point(walk.found(), walk.foundCount(), walk.holding(), walk.steps());
        return byKeyOnly;
    }

    private void pass(RoutingTable table, Exchange exchange, Routable message) {
        int before = walk.routesFollowed();
        exchange.match(message, walk);
        String alternateName = exchange.alternateName();
        if (alternateName != null && walk.routesFollowed() == before) {
            Exchange alternate = table.find(alternateName);
            if (alternate != null) {
                walk.enter(alternate);
            }
        }
    }
}
