package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.routing.RouteCacheBytes;
import io.ferrymq.broker.topology.TopologyCommand.Bound;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeclared;
import io.ferrymq.broker.topology.TopologyCommand.ExchangeDeleted;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeclared;
import io.ferrymq.broker.topology.TopologyCommand.QueueDeleted;
import io.ferrymq.broker.topology.TopologyCommand.Unbound;
import io.ferrymq.broker.topology.TopologyCommand.VhostCreated;
import io.ferrymq.broker.topology.TopologyCommand.VhostDeleted;
import io.netty.buffer.ByteBuf;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All virtual hosts of a shard, and the one place where commands take effect: at run time, when a checkpoint is restored
 * and when the log is replayed. A command that does not fit the state is a fault of the broker and throws {@link
 * IllegalStateException}.
 *
 * <p>Owned by the shard's lane.
 */
public final class Topology {
    private final QueueFactory factory;
    private final Map<String, VirtualHost> vhosts = new LinkedHashMap<>();
    /** By number. Open addressing would be slow here: numbers follow one another, and each removal moves all behind it. */
    private final Map<Long, DeclaredQueue> queues = new HashMap<>();

    private final QueueNumbers numbers = new QueueNumbers();
    private final Sweep sweep = new Sweep();
    private final RouteCacheBytes routeCacheBytes = new RouteCacheBytes();
    private long memoryBytes;

    /** An empty topology, whose queues {@code factory} makes. */
    public Topology(QueueFactory factory) {
        this.factory = factory;
    }

    public Optional<VirtualHost> vhost(String name) {
        return Optional.ofNullable(vhosts.get(name));
    }

    /**
     * The virtual host of that name.
     *
     * @throws RefusedException with {@code VhostNotFound} if there is none
     */
    public VirtualHost requireVhost(String name) {
        return vhost(name).orElseThrow(() -> new RefusedException(new Refusal.VhostNotFound(name)));
    }

    /** All virtual hosts; a view. */
    public Collection<VirtualHost> vhosts() {
        return Collections.unmodifiableCollection(vhosts.values());
    }

    /** The queue that the log calls {@code number}; empty if it is gone. */
    public Optional<DeclaredQueue> queue(long number) {
        return Optional.ofNullable(queues.get(number));
    }

    /** The number that the next queue of this durability gets. */
    long nextQueueNumber(QueueSpec spec) {
        return spec.durable() ? numbers.nextDurable() : numbers.nextTransient(queues::containsKey);
    }

    /** Whether the command must be in the log. To be asked before the command is applied. */
    public boolean isDurable(TopologyCommand command) {
        return switch (command) {
            case VhostCreated _, VhostDeleted _ -> true;
            case ExchangeDeclared declared -> declared.spec().durable();
            case ExchangeDeleted deleted ->
                home(deleted)
                        .exchange(deleted.name())
                        .filter(ExchangeSpec::durable)
                        .isPresent();
            case Bound bound -> home(bound).isDurable(bound.binding());
            case Unbound unbound -> home(unbound).isDurable(unbound.binding());
            case QueueDeclared declared -> declared.spec().durable();
            case QueueDeleted deleted -> !QueueNumbers.isTransient(deleted.number());
        };
    }

    /** Carries out a command that {@link TopologyRequests} made from this very state, or that did so before. */
    public void apply(TopologyCommand command) {
        memoryBytes -= memoryBytes(command.vhost());
        carryOut(command);
        memoryBytes += memoryBytes(command.vhost());
    }

    /** What all that exists takes on the heap, about. */
    public long memoryBytes() {
        return memoryBytes;
    }

    /** What the results of routing that are kept take on the heap. */
    public long routeCacheBytes() {
        return routeCacheBytes.bytes();
    }

    private long memoryBytes(String vhostName) {
        VirtualHost vhost = vhosts.get(vhostName);
        return vhost == null ? 0 : vhost.memoryBytes();
    }

    private void carryOut(TopologyCommand command) {
        switch (command) {
            case VhostCreated created -> create(created.spec());
            case VhostDeleted deleted -> delete(home(deleted));
            case ExchangeDeclared declared -> declare(home(declared), declared.spec());
            case ExchangeDeleted deleted -> sweep.add(home(deleted).deleteExchange(deleted.name()));
            case Bound bound -> home(bound).bind(bound.binding());
            case Unbound unbound -> unbind(home(unbound), unbound.binding());
            case QueueDeclared declared -> declare(declared);
            case QueueDeleted deleted -> delete(home(deleted), deleted.number());
        }
    }

    /** Appends everything that outlives a restart, in the format that {@link TopologySnapshot} describes. */
    public void encodeSnapshot(ByteBuf out) {
        TopologySnapshot.encode(this, numbers.firstUnusedDurable(), out);
    }

    /**
     * Makes this topology, which must be empty, what a snapshot says.
     *
     * @throws IllegalArgumentException if the bytes are of another version or no snapshot
     */
    public void restoreSnapshot(ByteBuf in) {
        if (!vhosts.isEmpty()) {
            throw new IllegalStateException("there is a topology already");
        }
        numbers.countDurableFrom(TopologySnapshot.decode(in, this::apply));
    }

    private void create(VhostSpec spec) {
        VirtualHost existing = vhosts.get(spec.name());
        if (existing != null) {
            existing.change(spec);
        } else {
            vhosts.put(spec.name(), new VirtualHost(spec, routeCacheBytes));
        }
    }

    private void delete(VirtualHost vhost) {
        vhosts.remove(vhost.name());
        vhost.routing().dropResults();
        sweep.add(vhost.leave());
    }

    private void declare(VirtualHost vhost, ExchangeSpec exchange) {
        vhost.declare(exchange);
        sweep.declared(vhost, exchange.name());
    }

    private void unbind(VirtualHost vhost, Binding binding) {
        if (vhost.unbind(binding)) {
            sweep.unbound(vhost, binding.source());
        }
    }

    private void declare(QueueDeclared command) {
        VirtualHost vhost = home(command);
        long number = command.number();
        DeclaredQueue queue = factory.create(number, vhost, command.spec(), command.owner());
        vhost.declare(queue);
        if (queues.put(number, queue) != null) {
            throw new IllegalStateException("two queues have number " + number);
        }
        numbers.used(number);
    }

    private void delete(VirtualHost vhost, long number) {
        DeclaredQueue queue = queues.remove(number);
        if (queue == null) {
            throw new IllegalStateException("no queue has number " + number);
        }
        sweep.add(vhost.delete(queue));
        queue.owner().gone(queue);
        factory.discard(vhost, queue);
    }

    // ---- what is left of what has gone ----

    /** Whether nothing is left of what has gone. */
    public boolean isSwept() {
        return sweep.isDone();
    }

    /**
     * Forgets what was left of what has gone, as much as the budget allows; whether that is all. Nobody could see it any
     * more, so nothing is written about it.
     */
    public boolean sweep(TurnBudget budget) {
        for (@Nullable Leftovers first = sweep.first(); first != null; first = sweep.first()) {
            if (budget.isSpent()) {
                return false;
            }
            VirtualHost vhost = first.vhost();
            long before = vhost.memoryBytes();
            sweep.forget(first, budget, queue -> discard(vhost, queue));
            memoryBytes += vhost.isGone() ? 0 : vhost.memoryBytes() - before;
        }
        return true;
    }

    private void discard(VirtualHost vhost, DeclaredQueue queue) {
        queues.remove(queue.number());
        factory.discard(vhost, queue);
    }

    /**
     * The deletion of an auto-delete exchange whose last binding has gone, for the caller to carry out and to write; empty
     * if there is none. In recovery the log says it.
     */
    public Optional<TopologyCommand> nextUnused() {
        return Optional.ofNullable(sweep.nextUnused());
    }

    private VirtualHost home(TopologyCommand command) {
        VirtualHost vhost = vhosts.get(command.vhost());
        if (vhost == null) {
            throw new IllegalStateException("no virtual host for " + command);
        }
        return vhost;
    }
}
