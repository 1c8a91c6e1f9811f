package io.ferrymq.broker.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.routing.Destination;
import io.ferrymq.broker.routing.Destinations;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.routing.Routable;
import io.ferrymq.broker.routing.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A topology with one virtual host, whose requests are applied at once; the shard without its log. */
final class Broker {
    private static final int UNITS = 1_000;

    final List<String> discarded = new ArrayList<>();
    final List<Boolean> durable = new ArrayList<>();
    private final List<TopologyCommand> applied = new ArrayList<>();
    final Topology topology;
    final TopologyRequests requests;
    private final Router router = new Router();

    Broker() {
        this(TopologyLimits.DEFAULT);
    }

    Broker(TopologyLimits limits) {
        this.topology = new Topology(new QueueFactory() {
            @Override
            public DeclaredQueue create(long number, VirtualHost vhost, QueueSpec spec, QueueOwner owner) {
                return new PlainQueue(number, spec, owner);
            }

            @Override
            public void discard(VirtualHost vhost, DeclaredQueue queue) {
                discarded.add(queue.spec().name());
            }
        });
        this.requests = new TopologyRequests(topology, limits);
    }

    /** A broker with the virtual host {@code /}. */
    static Broker started() {
        return started(TopologyLimits.DEFAULT);
    }

    static Broker started(TopologyLimits limits) {
        Broker broker = new Broker(limits);
        broker.apply(broker.requests.createVhost(VhostSpec.named("/")));
        return broker;
    }

    VirtualHost vhost() {
        return topology.requireVhost("/");
    }

    /** Applies commands and all that follows from them. */
    void apply(List<TopologyCommand> commands) {
        commands.forEach(this::apply);
        while (!topology.isSwept()) {
            if (topology.sweep(new TurnBudget(UNITS))) {
                topology.nextUnused().ifPresent(this::apply);
            }
        }
    }

    private void apply(TopologyCommand command) {
        applied.add(command);
        durable.add(topology.isDurable(command));
        topology.apply(command);
    }

    /** Applies what another has, without what follows: the other has that, too. */
    void replay(TopologyCommand command) {
        topology.apply(command);
        assertThat(topology.sweep(new TurnBudget(Long.MAX_VALUE))).isTrue();
    }

    /** The commands that were applied since the last time. */
    List<TopologyCommand> takeApplied() {
        List<TopologyCommand> taken = List.copyOf(applied);
        applied.clear();
        return taken;
    }

    void exchange(String name, ExchangeType type) {
        apply(requests.declareExchange(vhost(), ExchangeSpec.durable(name, type)));
    }

    void exchange(ExchangeSpec spec) {
        apply(requests.declareExchange(vhost(), spec));
    }

    DeclaredQueue queue(String name) {
        return queue(new QueueSpec(name, true, false, false, QueueArguments.NONE), QueueOwner.NOBODY);
    }

    DeclaredQueue queue(QueueSpec spec, QueueOwner asker) {
        apply(requests.declareQueue(vhost(), spec, asker, NamedBy.CLIENT));
        return vhost().queue(spec.name()).orElseThrow();
    }

    void bind(Binding binding) {
        apply(requests.bind(vhost(), binding, QueueOwner.NOBODY));
    }

    void bindQueue(String exchange, String queue, String routingKey) {
        bind(Binding.toQueue(exchange, queue, routingKey, Map.of()));
    }

    void bindExchange(String source, String destination, String routingKey) {
        bind(Binding.toExchange(source, destination, routingKey, Map.of()));
    }

    void unbind(Binding binding) {
        apply(requests.unbind(vhost(), binding, QueueOwner.NOBODY));
    }

    Set<String> route(String exchange, Routable message) {
        Destinations destinations = router.route(vhost().routing(), vhost().exchangeToPublishTo(exchange), message);
        List<String> names = new ArrayList<>();
        for (int i = 0; i < destinations.size(); i++) {
            Destination destination = destinations.get(i);
            names.add(destination.name());
        }
        Set<String> unique = new TreeSet<>(names);
        if (unique.size() != names.size()) {
            throw new AssertionError("a destination was found twice: " + names);
        }
        return unique;
    }

    /** Arguments of one name. */
    static Map<String, @Nullable Object> argument(String name, Object value) {
        return Map.of(name, value);
    }
}
