package io.ferrymq.broker.topology;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is left to do when something has gone: its {@link Leftovers}, and the auto-delete exchanges that had their last
 * binding with it, which go, too, and leave what they had in their turn. A list and no recursion, because both may be
 * very many.
 *
 * <p>Owned by the shard's lane.
 */
final class Sweep {
    private record Unbound(VirtualHost vhost, String exchange) {}

    private final ArrayDeque<Leftovers> leftovers = new ArrayDeque<>(0);
    private final Set<Unbound> unbound = new LinkedHashSet<>(0);

    void add(Leftovers fresh) {
        leftovers.add(fresh);
    }

    /** An exchange has no binding any more. */
    void unbound(VirtualHost vhost, String exchange) {
        if (vhost.exchange(exchange).filter(ExchangeSpec::autoDelete).isPresent()) {
            unbound.add(new Unbound(vhost, exchange));
        }
    }

    /** Another exchange of that name was never bound. */
    void declared(VirtualHost vhost, String exchange) {
        if (!unbound.isEmpty()) {
            unbound.remove(new Unbound(vhost, exchange));
        }
    }

    boolean isDone() {
        return leftovers.isEmpty() && unbound.isEmpty();
    }

    @Nullable Leftovers first() {
        return leftovers.peek();
    }

    /** Forgets of the first as much as the budget allows. */
    void forget(Leftovers first, TurnBudget budget, Consumer<DeclaredQueue> discard) {
        if (first.forget(budget, exchange -> unbound(first.vhost(), exchange), discard)) {
            leftovers.remove(first);
        }
    }

    /** The deletion of an exchange that has to go; null if there is none. */
    @Nullable ExchangeDeleted nextUnused() {
        while (!unbound.isEmpty()) {
            Unbound first = unbound.iterator().next();
            unbound.remove(first);
            boolean unused = first.vhost
                            .exchange(first.exchange)
                            .filter(ExchangeSpec::autoDelete)
                            .isPresent()
                    && first.vhost.isUnbound(first.exchange);
            if (unused) {
                return new ExchangeDeleted(first.vhost.name(), first.exchange);
            }
        }
        return null;
    }
}
