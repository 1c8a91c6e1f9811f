package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.routing.Route;
import io.ferrymq.broker.routing.RouteCacheBytes;
import io.ferrymq.broker.routing.RoutingTable;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The exchanges, queues and bindings of one virtual host. Read by anyone on the lane; changed by {@link Topology} alone.
 *
 * <p>Owned by the shard's lane.
 */
public final class VirtualHost {
    /** What every virtual host has from the start (RabbitMQ's predeclared exchanges). */
    static final List<ExchangeSpec> PREDECLARED = List.of(
            ExchangeSpec.durable("", ExchangeType.DIRECT),
            ExchangeSpec.durable("amq.direct", ExchangeType.DIRECT),
            ExchangeSpec.durable("amq.fanout", ExchangeType.FANOUT),
            ExchangeSpec.durable("amq.topic", ExchangeType.TOPIC),
            ExchangeSpec.durable("amq.headers", ExchangeType.HEADERS),
            ExchangeSpec.durable("amq.match", ExchangeType.HEADERS),
            new ExchangeSpec("amq.rabbitmq.trace", ExchangeType.TOPIC, true, false, true, Map.of()));

    private final Map<String, ExchangeSpec> exchanges = new LinkedHashMap<>();
    private final Map<String, DeclaredQueue> queues = new LinkedHashMap<>();
    private final BindingTable bindings = new BindingTable();
    private final RoutingTable routing;
    private VhostSpec spec;
    private long memoryBytes;
    private boolean gone;

    VirtualHost(VhostSpec spec, RouteCacheBytes cacheBytes) {
        this.spec = spec;
        this.routing = new RoutingTable(cacheBytes);
        this.memoryBytes = ObjectBytes.of(spec);
        PREDECLARED.forEach(this::declare);
    }

    public String name() {
        return spec.name();
    }

    public VhostSpec spec() {
        return spec;
    }

    /** What {@link io.ferrymq.broker.routing.Router} works on. */
    public RoutingTable routing() {
        return routing;
    }

    public Optional<ExchangeSpec> exchange(String name) {
        return Optional.ofNullable(exchanges.get(name));
    }

    /** Whether there is an exchange of that name, and topic permissions are about it. */
    public boolean isTopicExchange(String name) {
        ExchangeSpec declared = exchanges.get(name);
        return declared != null && declared.type() == ExchangeType.TOPIC;
    }

    public Optional<DeclaredQueue> queue(String name) {
        return Optional.ofNullable(queues.get(name));
    }

    /** All exchanges, the default one included; a view. */
    public Collection<ExchangeSpec> exchanges() {
        return Collections.unmodifiableCollection(exchanges.values());
    }

    /** All queues; a view. */
    public Collection<DeclaredQueue> queues() {
        return Collections.unmodifiableCollection(queues.values());
    }

    /** All bindings that were made; those that each queue has to the default exchange are not among them. */
    public Stream<Binding> bindings() {
        return bindings.all();
    }

    /** The bindings that were made from an exchange. */
    public Collection<Binding> bindingsFrom(String exchange) {
        return bindings.from(exchange);
    }

    /** The bindings that were made to a queue or exchange. */
    public Collection<Binding> bindingsTo(Resource.Kind kind, String name) {
        return bindings.to(kind, name);
    }

    boolean hasBindingsFrom(String exchange) {
        return bindings.hasFrom(exchange);
    }

    /** Whether an exchange has neither a binding nor one that is still to be forgotten. */
    boolean isUnbound(String exchange) {
        return bindings.entriesFrom(exchange).isEmpty();
    }

    /** How many bindings take up room: those of ends that are gone until they are forgotten. */
    public int bindingCount() {
        return bindings.size();
    }

    public boolean hasBinding(Binding binding) {
        return bindings.contains(binding);
    }

    /**
     * The exchange that a message is sent to.
     *
     * @throws RefusedException with {@code NotFound}, or with {@code InternalExchange} if only exchanges may send to it
     */
    public Exchange exchangeToPublishTo(String name) {
        ExchangeSpec declared = exchanges.get(name);
        if (declared == null) {
            throw new RefusedException(new Refusal.NotFound(Resource.exchange(name, name())));
        }
        if (declared.internal()) {
            throw new RefusedException(new Refusal.InternalExchange(Resource.exchange(name, name())));
        }
        return routable(name);
    }

    /** Whether both ends of a binding outlive a restart, and so the binding does. */
    boolean isDurable(Binding binding) {
        boolean durableDestination = switch (binding.destinationKind()) {
            case QUEUE ->
                queue(binding.destination())
                        .filter(queue -> queue.spec().durable())
                        .isPresent();
            case EXCHANGE ->
                exchange(binding.destination()).filter(ExchangeSpec::durable).isPresent();
        };
        return durableDestination
                && exchange(binding.source()).filter(ExchangeSpec::durable).isPresent();
    }

    /** What it takes on the heap with all that was declared in it, as far as {@link ObjectBytes} knows. */
    long memoryBytes() {
        return memoryBytes;
    }

    void change(VhostSpec changed) {
        memoryBytes += ObjectBytes.of(changed) - ObjectBytes.of(spec);
        spec = changed;
    }

    void declare(ExchangeSpec exchange) {
        requireAbsent(exchanges.put(exchange.name(), exchange));
        memoryBytes += ObjectBytes.of(exchange);
        boolean isDefault = exchange.name().isEmpty();
        if (!isDefault) {
            Exchange created = exchange.type().create(exchange.name(), exchange.arguments());
            routing.add(created);
            memoryBytes += created.memoryBytes();
        }
    }

    /** Deletes an exchange; its bindings have to be forgotten. */
    Leftovers deleteExchange(String name) {
        Exchange exchange = routable(name);
        ExchangeSpec gone = exchanges.remove(name);
        memoryBytes -= (gone == null ? 0 : ObjectBytes.of(gone)) + exchange.memoryBytes();
        routing.remove(exchange);
        return new Leftovers(this, bindings.takeFrom(name), bindings.takeTo(Resource.Kind.EXCHANGE, name), List.of());
    }

    void declare(DeclaredQueue queue) {
        requireAbsent(queues.put(queue.spec().name(), queue));
        memoryBytes += ObjectBytes.of(queue.spec());
        routing.add(queue.destination());
    }

    /** Deletes a queue; its bindings have to be forgotten. */
    Leftovers delete(DeclaredQueue queue) {
        String name = queue.spec().name();
        queues.remove(name);
        memoryBytes -= ObjectBytes.of(queue.spec());
        routing.remove(queue.destination());
        return new Leftovers(this, Map.of(), bindings.takeTo(Resource.Kind.QUEUE, name), List.of());
    }

    /** Forgets a binding of an exchange that is gone. */
    void forgetTaken(Binding binding, Route route) {
        bindings.forgetTaken(binding, route);
        memoryBytes -= ObjectBytes.of(binding);
    }

    /** Forgets a binding to what is gone; whether it was the last of its exchange. */
    boolean forgetTo(Binding binding, Route route) {
        if (!bindings.forgetTo(binding, route)) {
            return false;
        }
        unroute(binding, route);
        return isUnbound(binding.source());
    }

    /** The virtual host itself goes: what was in it is out of everybody's reach, and has to be forgotten. */
    Leftovers leave() {
        gone = true;
        List<DeclaredQueue> left = List.copyOf(queues.values());
        routing.close();
        exchanges.keySet().removeIf(name -> !name.isEmpty());
        queues.clear();
        return new Leftovers(this, Map.of(), Map.of(), left);
    }

    /** Whether it was deleted. Who has it still finds nothing in it. */
    public boolean isGone() {
        return gone;
    }

    void bind(Binding binding) {
        Exchange source = routable(binding.source());
        Route route = routeFor(binding);
        long before = source.memoryBytes();
        routing.bind(source, route);
        bindings.add(binding, route).ifPresent(replaced -> {
            routing.unbind(source, replaced);
            memoryBytes -= ObjectBytes.of(binding);
        });
        memoryBytes += ObjectBytes.of(binding) + source.memoryBytes() - before;
    }

    /** Undoes a binding; whether it was the last of its exchange. */
    boolean unbind(Binding binding) {
        Route route = bindings.remove(binding).orElseThrow(() -> new IllegalStateException("not bound: " + binding));
        unroute(binding, route);
        return isUnbound(binding.source());
    }

    private void unroute(Binding binding, Route route) {
        Exchange source = routable(binding.source());
        long before = source.memoryBytes();
        routing.unbind(source, route);
        memoryBytes -= ObjectBytes.of(binding) + before - source.memoryBytes();
    }

    private Route routeFor(Binding binding) {
        return switch (binding.destinationKind()) {
            case EXCHANGE -> Route.to(routable(binding.destination()), binding.routingKey(), binding.arguments());
            case QUEUE ->
                queue(binding.destination())
                        .map(queue -> Route.to(queue.destination(), binding.routingKey(), binding.arguments()))
                        .orElseThrow(() -> new IllegalStateException("no queue " + binding.destination()));
        };
    }

    private Exchange routable(String name) {
        return routing.exchange(name).orElseThrow(() -> new IllegalStateException("no exchange " + name));
    }

    private static void requireAbsent(Object replaced) {
        if (replaced != null) {
            throw new IllegalStateException("declared already: " + replaced);
        }
    }
}
