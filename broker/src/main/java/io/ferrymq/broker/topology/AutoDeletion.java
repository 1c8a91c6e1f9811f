package io.ferrymq.broker.topology;

import io.ferrymq.broker.Resource;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which exchanges go because their last binding goes. An auto-delete exchange goes with the last binding made from it;
 * that takes along the bindings to it, which may be the last ones of further exchanges.
 */
final class AutoDeletion {
    private final VirtualHost vhost;
    private final Map<String, Integer> bindingsGone = new HashMap<>();
    private final Set<String> exchangesGone = new HashSet<>();
    private final ArrayDeque<Binding> going = new ArrayDeque<>();

    private AutoDeletion(VirtualHost vhost) {
        this.vhost = vhost;
    }

    /** What follows when {@code bindings} go. */
    static List<TopologyCommand> after(VirtualHost vhost, Collection<Binding> bindings) {
        return new AutoDeletion(vhost).follow(bindings);
    }

    /** What follows when an exchange goes for another reason. */
    static List<TopologyCommand> afterExchange(VirtualHost vhost, String name) {
        AutoDeletion deletion = new AutoDeletion(vhost);
        deletion.exchangesGone.add(name);
        return deletion.follow(vhost.bindingsTo(Resource.Kind.EXCHANGE, name));
    }

    private List<TopologyCommand> follow(Collection<Binding> bindings) {
        List<TopologyCommand> commands = new ArrayList<>();
        going.addAll(bindings);
        while (!going.isEmpty()) {
            String source = going.remove().source();
            bindingsGone.merge(source, 1, Integer::sum);
            if (isUnusedNow(source) && exchangesGone.add(source)) {
                commands.add(new ExchangeDeleted(vhost.name(), source));
                going.addAll(vhost.bindingsTo(Resource.Kind.EXCHANGE, source));
            }
        }
        return commands;
    }

    private boolean isUnusedNow(String exchange) {
        return vhost.exchange(exchange).filter(ExchangeSpec::autoDelete).isPresent()
                && bindingsGone.getOrDefault(exchange, 0)
                        == vhost.bindingsFrom(exchange).size();
    }
}
