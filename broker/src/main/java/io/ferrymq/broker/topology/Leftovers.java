package io.ferrymq.broker.topology;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.routing.Route;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What something had that is gone: the bindings of a queue or exchange, the queues of a virtual host. Nobody sees them any
 * more; they are forgotten a few at a time, so that the end of something with very many keeps nobody waiting.
 *
 * <p>Owned by the shard's lane.
 */
final class Leftovers {
    private final VirtualHost vhost;
    private final Iterator<Map.Entry<Binding, Route>> from;
    private final Iterator<Map.Entry<Binding, Route>> to;
    private final Iterator<DeclaredQueue> queues;

    Leftovers(VirtualHost vhost, Map<Binding, Route> from, Map<Binding, Route> to, Collection<DeclaredQueue> queues) {
        this.vhost = vhost;
        this.queues = queues.iterator();
        this.from = from.entrySet().iterator();
        this.to = to.entrySet().iterator();
    }

    VirtualHost vhost() {
        return vhost;
    }

    /**
     * Forgets as many as the budget allows; whether that is all.
     *
     * @param unbound is told of exchanges that have no binding left
     * @param discard gets the queues
     */
    boolean forget(TurnBudget budget, Consumer<String> unbound, Consumer<DeclaredQueue> discard) {
        while (from.hasNext() || to.hasNext() || queues.hasNext()) {
            if (budget.isSpent()) {
                return false;
            }
            if (queues.hasNext()) {
                discard.accept(queues.next());
            } else if (from.hasNext()) {
                forgetTaken(from.next());
            } else {
                forgetTo(to.next(), unbound);
            }
            budget.spend(TurnBudget.REMOVAL);
        }
        return true;
    }

    private void forgetTaken(Map.Entry<Binding, Route> entry) {
        if (!vhost.isGone()) {
            vhost.forgetTaken(entry.getKey(), entry.getValue());
        }
    }

    private void forgetTo(Map.Entry<Binding, Route> entry, Consumer<String> unbound) {
        if (!vhost.isGone() && vhost.forgetTo(entry.getKey(), entry.getValue())) {
            unbound.accept(entry.getKey().source());
        }
    }
}
