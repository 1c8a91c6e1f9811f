package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.routing.Exchange;
import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeleted;
import io.ferrymq.broker.topology.TopologyCommand.Unbound;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import io.ferrymq.broker.topology.TopologyCommand.VhostDeleted;
import java.util.List;
import java.util.Optional;

/**
 * What clients ask of the topology, checked against its state and turned into commands. A request changes nothing; its
 * commands are to be applied, in order, before the next request is checked. No commands means that things are as asked
 * for already. What cannot be is refused with a {@link RefusedException}.
 *
 * <p>What follows from the end of something, as the end of exchanges that it was the last use of, is not among the commands:
 * {@link Topology#nextUnused} says it afterwards.
 *
 * <p>Whether the user may do this is not asked here; see {@code access}.
 *
 * <p>Owned by the shard's lane.
 */
public final class TopologyRequests {
    private final Topology topology;
    private final TopologyLimits limits;

    public TopologyRequests(Topology topology, TopologyLimits limits) {
        this.topology = topology;
        this.limits = limits;
    }

    /** Creates a virtual host, or changes the description, tags or default type of an existing one. */
    public List<TopologyCommand> createVhost(VhostSpec spec) {
        ResourceNames.requireStorable(spec);
        Optional<VirtualHost> existing = topology.vhost(spec.name());
        if (existing.isPresent()) {
            return existing.get().spec().equals(spec) ? List.of() : List.of(new VhostCreated(spec));
        }
        requireRoom("virtual hosts", topology.vhosts().size(), limits.vhostsMax());
        return List.of(new VhostCreated(spec));
    }

    /** Deletes a virtual host with all that is in it. */
    public List<TopologyCommand> deleteVhost(String name) {
        return List.of(new VhostDeleted(topology.requireVhost(name).name()));
    }

    /** Declares an exchange; one that exists must be equivalent. */
    public List<TopologyCommand> declareExchange(VirtualHost vhost, ExchangeSpec spec) {
        Resource resource = Resource.exchange(spec.name(), vhost.name());
        requireThere(vhost);
        requireNotDefault(spec.name());
        Optional<ExchangeSpec> existing = vhost.exchange(spec.name());
        if (existing.isPresent()) {
            Equivalence.require(resource, existing.get(), spec);
            return List.of();
        }
        requireNotReserved(resource);
        ResourceNames.requireStorable(resource);
        Arguments.requireStorable(resource, spec.arguments());
        spec.type().requireDeclarable(resource, spec.arguments());
        requireRoom("exchanges in a virtual host", vhost.exchanges().size(), limits.exchangesPerVhostMax());
        return List.of(new ExchangeDeclared(vhost.name(), spec));
    }

    /** The exchange that a passive declaration names. */
    public ExchangeSpec exchange(VirtualHost vhost, String name) {
        String stripped = ResourceNames.stripped(name);
        requireNotDefault(stripped);
        return vhost.exchange(stripped).orElseThrow(() -> notFound(Resource.exchange(stripped, vhost.name())));
    }

    /** Deletes an exchange; auto-delete exchanges whose last bindings led to it follow. One that is missing is fine. */
    public List<TopologyCommand> deleteExchange(VirtualHost vhost, String name, DeleteCondition condition) {
        String stripped = ResourceNames.stripped(name);
        Resource resource = Resource.exchange(stripped, vhost.name());
        requireNotDefault(stripped);
        if (ResourceNames.isReserved(stripped)) {
            throw new RefusedException(new Refusal.SystemExchange(resource));
        }
        if (vhost.exchange(stripped).isEmpty()) {
            return List.of();
        }
        if (condition == DeleteCondition.IF_UNUSED && vhost.hasBindingsFrom(stripped)) {
            throw new RefusedException(new Refusal.InUse(resource));
        }
        return List.of(new ExchangeDeleted(vhost.name(), stripped));
    }

    /**
     * Binds a queue or an exchange to an exchange.
     *
     * @param asker must own the queue if it is exclusive
     */
    public List<TopologyCommand> bind(VirtualHost vhost, Binding binding, QueueOwner asker) {
        requireNotDefault(binding);
        Resource source = Resource.exchange(binding.source(), vhost.name());
        Exchange exchange = vhost.routing().exchange(binding.source()).orElseThrow(() -> notFound(source));
        requireDestination(vhost, binding, asker);
        exchange.requireBindable(source, binding.routingKey(), binding.arguments());
        if (vhost.hasBinding(binding)) {
            return List.of();
        }
        ResourceNames.requireStorable(source, "routing_key", binding.routingKey());
        Arguments.requireStorable(source, binding.arguments());
        requireRoom("bindings in a virtual host", vhost.bindingCount(), limits.bindingsPerVhostMax());
        return List.of(new Bound(vhost.name(), binding));
    }

    /** Undoes a binding; an auto-delete exchange that has none left follows. One that is missing is fine. */
    public List<TopologyCommand> unbind(VirtualHost vhost, Binding binding, QueueOwner asker) {
        requireNotDefault(binding);
        if (!vhost.hasBinding(binding)) {
            return List.of();
        }
        requireDestination(vhost, binding, asker);
        return List.of(new Unbound(vhost.name(), binding));
    }

    /**
     * Declares a queue; one that exists must be equivalent and, if exclusive, {@code asker}'s.
     *
     * @param asker owns the queue if it becomes exclusive
     */
    public List<TopologyCommand> declareQueue(VirtualHost vhost, QueueSpec spec, QueueOwner asker, NamedBy namedBy) {
        Resource resource = Resource.queue(spec.name(), vhost.name());
        requireThere(vhost);
        QueueSpec typed = withDefaultType(vhost, spec);
        QueueOwner owner = typed.exclusive() ? asker : QueueOwner.NOBODY;
        Optional<DeclaredQueue> existing = vhost.queue(typed.name());
        if (existing.isPresent()) {
            requireSameOwner(resource, existing.get(), owner);
            Equivalence.require(resource, existing.get().spec(), typed);
            return List.of();
        }
        requireName(resource, typed, namedBy);
        Arguments.requireStorable(resource, typed.arguments().values());
        QueueArgumentRules.requireDeclarable(resource, typed);
        requireRoom("queues in a virtual host", vhost.queues().size(), limits.queuesPerVhostMax());
        return List.of(new QueueDeclared(vhost.name(), topology.nextQueueNumber(typed), typed, owner));
    }

    /** The queue that a passive declaration, a consumer or a purge names; it must not be another connection's. */
    public DeclaredQueue queue(VirtualHost vhost, String name, QueueOwner asker) {
        Resource resource = Resource.queue(ResourceNames.stripped(name), vhost.name());
        DeclaredQueue queue = vhost.queue(resource.name()).orElseThrow(() -> notFound(resource));
        requireAccess(resource, queue, asker);
        return queue;
    }

    /**
     * Deletes a queue; auto-delete exchanges whose last bindings led to it follow. One that is missing is fine. Whether it is
     * empty and unused is for the caller to see.
     */
    public List<TopologyCommand> deleteQueue(VirtualHost vhost, String name, QueueOwner asker) {
        Resource resource = Resource.queue(ResourceNames.stripped(name), vhost.name());
        Optional<DeclaredQueue> found = vhost.queue(resource.name());
        if (found.isEmpty()) {
            return List.of();
        }
        requireAccess(resource, found.get(), asker);
        return List.of(new QueueDeleted(vhost.name(), found.get().number()));
    }

    private static QueueSpec withDefaultType(VirtualHost vhost, QueueSpec spec) {
        boolean fits = spec.durable() && !spec.exclusive() && !spec.autoDelete();
        QueueType type = vhost.spec().defaultQueueType();
        return fits && type != QueueType.CLASSIC
                ? new QueueSpec(
                        spec.name(), true, false, false, spec.arguments().withDefaultType(type))
                : spec;
    }

    private static void requireName(Resource resource, QueueSpec spec, NamedBy namedBy) {
        ResourceNames.requireStorable(resource);
        if (spec.name().isEmpty()) {
            throw new RefusedException(new Refusal.InvalidArgument(resource, "name", "", new ValueProblem.Empty()));
        }
        switch (namedBy) {
            case CLIENT -> requireNotReserved(resource);
            case BROKER -> {
                if (spec.type() == QueueType.QUORUM) {
                    throw new RefusedException(new Refusal.UnsupportedProperty(resource, "server-named"));
                }
            }
        }
    }

    private static void requireNotDefault(Binding binding) {
        if (binding.destinationKind() == Resource.Kind.EXCHANGE) {
            requireNotDefault(binding.destination());
        }
        requireNotDefault(binding.source());
    }

    private void requireDestination(VirtualHost vhost, Binding binding, QueueOwner asker) {
        switch (binding.destinationKind()) {
            case QUEUE -> queue(vhost, binding.destination(), asker);
            case EXCHANGE -> exchange(vhost, binding.destination());
        }
    }

    private static void requireNotDefault(String exchange) {
        if (exchange.isEmpty()) {
            throw new RefusedException(new Refusal.DefaultExchange());
        }
    }

    private static void requireNotReserved(Resource resource) {
        if (ResourceNames.isReserved(resource.name())) {
            throw new RefusedException(new Refusal.ReservedName(resource));
        }
    }

    private static void requireSameOwner(Resource resource, DeclaredQueue queue, QueueOwner owner) {
        if (!queue.owner().is(owner)) {
            throw new RefusedException(new Refusal.Locked(resource));
        }
    }

    private static void requireAccess(Resource resource, DeclaredQueue queue, QueueOwner asker) {
        if (!queue.owner().is(QueueOwner.NOBODY)) {
            requireSameOwner(resource, queue, asker);
        }
    }

    private static void requireRoom(String limit, int count, int max) {
        if (count >= max) {
            throw new RefusedException(new Refusal.LimitReached(limit, max));
        }
    }

    private static RefusedException notFound(Resource resource) {
        return new RefusedException(new Refusal.NotFound(resource));
    }

    /** Somebody may have a virtual host still that is deleted. */
    private static void requireThere(VirtualHost vhost) {
        if (vhost.isGone()) {
            throw new RefusedException(new Refusal.VhostNotFound(vhost.name()));
        }
    }
}
