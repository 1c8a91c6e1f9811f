package io.ferrymq.broker.shard;

import io.ferrymq.broker.DeleteCondition;
import io.ferrymq.broker.QueueStatus;
import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Refusal.Permission;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.TurnBudget;
import io.ferrymq.broker.queue.Queue;
import io.ferrymq.broker.topology.Binding;
import io.ferrymq.broker.topology.DeclaredQueue;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.NamedBy;
import io.ferrymq.broker.topology.QueueOwner;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.ResourceNames;
import io.ferrymq.broker.topology.TopologyCommand;
import io.ferrymq.broker.topology.VirtualHost;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one link asks of the topology, with the permissions that RabbitMQ wants for it. Lane only. */
final class LinkTopology {
    private static final String GENERATED_PREFIX = "amq.gen-";

    private final Shard shard;
    private final VirtualHost vhost;
    private final Guard guard;
    private final QueueOwner self;
    /** Names of queues that were declared here as exclusive. */
    private final Set<String> exclusiveQueues = new LinkedHashSet<>();

    LinkTopology(Shard shard, VirtualHost vhost, Guard guard, QueueOwner self) {
        this.shard = shard;
        this.vhost = vhost;
        this.guard = guard;
        this.self = self;
    }

    // ---- exchanges ----

    void declareExchange(ExchangeSpec spec) {
        Resource exchange = exchange(spec.name());
        guard.require(Permission.CONFIGURE, exchange);
        if (spec.arguments().get("alternate-exchange") instanceof String alternate) {
            guard.require(Permission.READ, exchange);
            guard.require(Permission.WRITE, exchange(alternate));
        }
        List<TopologyCommand> commands = shard.requests().declareExchange(vhost, spec);
        requireRoom(commands);
        shard.apply(commands);
    }

    void checkExchange(String name) {
        guard.requireAny(exchange(name));
        shard.requests().exchange(vhost, name);
    }

    void deleteExchange(String name, Set<DeleteCondition> conditions) {
        guard.require(Permission.CONFIGURE, exchange(name));
        shard.apply(shard.requests()
                .deleteExchange(
                        vhost,
                        name,
                        conditions.contains(DeleteCondition.IF_UNUSED)
                                ? io.ferrymq.broker.topology.DeleteCondition.IF_UNUSED
                                : io.ferrymq.broker.topology.DeleteCondition.ALWAYS));
    }

    void bindExchange(String destination, String source, String key, Map<String, @Nullable Object> arguments) {
        requireBindable(exchange(destination), exchange(source), key);
        List<TopologyCommand> commands =
                shard.requests().bind(vhost, Binding.toExchange(source, destination, key, arguments), self);
        requireRoom(commands);
        shard.apply(commands);
    }

    void unbindExchange(String destination, String source, String key, Map<String, @Nullable Object> arguments) {
        requireBindable(exchange(destination), exchange(source), key);
        shard.apply(shard.requests().unbind(vhost, Binding.toExchange(source, destination, key, arguments), self));
    }

    // ---- queues ----

    QueueStatus declareQueue(QueueSpec spec) {
        boolean generated = spec.name().isEmpty();
        QueueSpec named = generated ? named(spec, GENERATED_PREFIX + shard.token()) : spec;
        Resource queue = queue(named.name());
        guard.require(Permission.CONFIGURE, queue);
        forgetLeft(named.name());
        named.arguments().deadLetterExchange().ifPresent(target -> {
            guard.require(Permission.READ, queue);
            guard.require(Permission.WRITE, exchange(target));
        });
        List<TopologyCommand> commands =
                shard.requests().declareQueue(vhost, named, self, generated ? NamedBy.BROKER : NamedBy.CLIENT);
        requireRoom(commands);
        shard.apply(commands);
        if (named.exclusive()) {
            exclusiveQueues.add(named.name());
        }
        return status(find(named.name()));
    }

    /** An exclusive queue of this link is gone: nothing is to be remembered of it. */
    void gone(DeclaredQueue queue) {
        exclusiveQueues.remove(queue.spec().name());
    }

    private boolean isOurs(String name) {
        return vhost.queue(name).filter(queue -> queue.owner().equals(self)).isPresent();
    }

    private static QueueSpec named(QueueSpec spec, String name) {
        return new QueueSpec(name, spec.durable(), spec.exclusive(), spec.autoDelete(), spec.arguments());
    }

    QueueStatus checkQueue(String name) {
        guard.requireAny(queue(name));
        return status(find(name));
    }

    void bindQueue(String queue, String exchange, String key, Map<String, @Nullable Object> arguments) {
        requireBindable(queue(queue), exchange(exchange), key);
        forgetLeft(queue);
        List<TopologyCommand> commands =
                shard.requests().bind(vhost, Binding.toQueue(exchange, queue, key, arguments), self);
        requireRoom(commands);
        shard.apply(commands);
    }

    void unbindQueue(String queue, String exchange, String key, Map<String, @Nullable Object> arguments) {
        requireBindable(queue(queue), exchange(exchange), key);
        forgetLeft(queue);
        shard.apply(shard.requests().unbind(vhost, Binding.toQueue(exchange, queue, key, arguments), self));
    }

    long deleteQueue(String name, Set<DeleteCondition> conditions) {
        guard.require(Permission.CONFIGURE, queue(name));
        forgetLeft(name);
        if (vhost.queue(name).isEmpty()) {
            return 0;
        }
        Queue queue = find(name);
        if (conditions.contains(DeleteCondition.IF_UNUSED) && queue.consumerCount() > 0) {
            throw new RefusedException(new Refusal.InUse(queue(name)));
        }
        long waiting = queue.readyCount() + queue.restingCount() + shard.heldCount(queue);
        if (conditions.contains(DeleteCondition.IF_EMPTY) && waiting > 0) {
            throw new RefusedException(new Refusal.NotEmpty(queue(name)));
        }
        shard.apply(shard.requests().deleteQueue(vhost, name, self));
        return waiting;
    }

    /** Deletes queues that this link has to itself, as many as the budget allows; whether that is all. */
    boolean deleteExclusive(TurnBudget budget) {
        while (!exclusiveQueues.isEmpty()) {
            if (budget.isSpent()) {
                return false;
            }
            Iterator<String> names = exclusiveQueues.iterator();
            String name = names.next();
            names.remove();
            if (isOurs(name)) {
                shard.apply(shard.requests().deleteQueue(vhost, name, self));
            }
            budget.spend(TurnBudget.GO);
        }
        return true;
    }

    /** A connection that has ended may have many queues still, which go in many turns: to all others they are gone. */
    private void forgetLeft(String name) {
        DeclaredQueue left = vhost.queue(ResourceNames.stripped(name))
                .filter(queue -> queue.owner().hasLeft())
                .orElse(null);
        if (left != null) {
            shard.apply(shard.requests().deleteQueue(vhost, name, left.owner()));
        }
    }

    /** A queue that this link may use and has the permission for. */
    Queue usable(String name, Permission permission) {
        guard.require(permission, queue(name));
        return find(name);
    }

    private Queue find(String name) {
        forgetLeft(name);
        Queue queue = (Queue) shard.requests().queue(vhost, name, self);
        queue.touch();
        return queue;
    }

    /** What exists already as it was asked for needs no room. */
    private void requireRoom(List<TopologyCommand> commands) {
        if (!commands.isEmpty()) {
            shard.budget().requireRoomToDeclare();
        }
    }

    private static QueueStatus status(Queue queue) {
        return new QueueStatus(queue.name(), queue.readyCountWithinBound(), queue.consumerCount());
    }

    private void requireBindable(Resource destination, Resource source, String key) {
        guard.require(Permission.WRITE, destination);
        guard.require(Permission.READ, source);
        if (vhost.isTopicExchange(source.name())) {
            guard.requireTopic(Permission.READ, source, key);
        }
    }

    private Resource exchange(String name) {
        return Resource.exchange(name, vhost.name());
    }

    private Resource queue(String name) {
        return Resource.queue(name, vhost.name());
    }
}
