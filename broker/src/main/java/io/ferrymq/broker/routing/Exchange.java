package io.ferrymq.broker.routing;

import io.ferrymq.broker.Resource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place that messages are sent to and that forwards them along its routes. One subclass for each kind.
 *
 * <p>Owned by the shard's lane. Bound and unbound through {@link RoutingTable} only, which must know of every change.
 */
public abstract sealed class Exchange
        permits KeyedExchange, FanoutExchange, HeadersExchange, ConsistentHashExchange, DelayedExchange {
    static final String ALTERNATE_EXCHANGE = "alternate-exchange";

    private final String name;
    private final @Nullable String alternate;
    private long walk;
    private boolean unreachable;

    Exchange(String name, Map<String, @Nullable Object> arguments) {
        this.name = name;
        this.alternate = arguments.get(ALTERNATE_EXCHANGE) instanceof String other ? other : null;
    }

    /** The name within the virtual host; empty for the default exchange. */
    public final String name() {
        return name;
    }

    /** The exchange that gets what no route of this one takes; it need not exist. */
    public final Optional<String> alternate() {
        return Optional.ofNullable(alternate);
    }

    /**
     * Checks that a route with this key and these arguments has a meaning here.
     *
     * @param self this exchange, for the refusal
     * @throws io.ferrymq.broker.RefusedException with {@code InvalidArgument} if not
     */
    public void requireBindable(Resource self, String routingKey, Map<String, @Nullable Object> arguments) {}

    abstract void add(Route route);

    abstract void remove(Route route);

    /** Follows every route that takes the message. */
    abstract void match(Routable message, Walk walk);

    /** Whether {@link #match} depends on nothing but the routing key and the routes, so that its result can be kept. */
    abstract boolean dependsOnKeyOnly();

    /** What finding its routes takes on the heap, about, beside what each route takes alone. */
    public long memoryBytes() {
        return 0;
    }

    /** The alternate exchange's name, without the wrapping that a hot path does not want. */
    final @Nullable String alternateName() {
        return alternate;
    }

    /** Routes that lead here still lead nowhere from now on. */
    final void leave() {
        unreachable = true;
    }

    final boolean isReachable() {
        return !unreachable;
    }

    /** Whether this is the first visit in walk number {@code walkNumber}; marks it as visited. */
    final boolean visit(long walkNumber) {
        if (walk == walkNumber) {
            return false;
        }
        walk = walkNumber;
        return true;
    }
}
