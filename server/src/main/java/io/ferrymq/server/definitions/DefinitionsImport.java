package io.ferrymq.server.definitions;

import io.ferrymq.broker.Administration;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.access.HashingAlgorithm;
import io.ferrymq.broker.access.PasswordHash;
import io.ferrymq.broker.access.Permissions;
import io.ferrymq.broker.access.TopicPermission;
import io.ferrymq.broker.access.User;
import io.ferrymq.broker.routing.ExchangeType;
import io.ferrymq.broker.topology.ExchangeSpec;
import io.ferrymq.broker.topology.QueueArguments;
import io.ferrymq.broker.topology.QueueSpec;
import io.ferrymq.broker.topology.VhostSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Brings into being what a definitions file says. What exists already and is the same is left alone, so that a file may
 * be imported at every start.
 *
 * <p>Thread contract: the shard's lane.
 */
public final class DefinitionsImport {
    private final Administration administration;
    private final Map<String, Link> links = new LinkedHashMap<>();

    private DefinitionsImport(Administration administration) {
        this.administration = administration;
    }

    /**
     * Imports everything, in an order in which each thing finds what it needs.
     *
     * @throws DefinitionsException if the broker refuses an entry; those before it stay
     */
    public static void run(Definitions definitions, Administration administration) throws DefinitionsException {
        new DefinitionsImport(administration).all(definitions);
    }

    private void all(Definitions definitions) throws DefinitionsException {
        for (String vhost : definitions.virtualHosts()) {
            attempt("vhost '" + vhost + "'", () -> administration.putVhost(VhostSpec.named(vhost)));
        }
        for (Definitions.User user : definitions.users()) {
            attempt("user '" + user.name() + "'", () -> administration.putUser(user(user)));
        }
        for (Definitions.Permission permission : definitions.permissions()) {
            attempt("permission of user '" + permission.user() + "'", () -> grant(permission));
        }
        for (Definitions.TopicPermission permission : definitions.topicPermissions()) {
            attempt("topic permission of user '" + permission.user() + "'", () -> grant(permission));
        }
        for (Definitions.Exchange exchange : definitions.exchanges()) {
            attempt("exchange '" + exchange.name() + "'", () -> declare(exchange));
        }
        for (Definitions.Queue queue : definitions.queues()) {
            attempt("queue '" + queue.name() + "'", () -> declare(queue));
        }
        for (Definitions.Binding binding : definitions.bindings()) {
            attempt("binding from '" + binding.source() + "' to '" + binding.destination() + "'", () -> bind(binding));
        }
        links.values().forEach(Link::close);
    }

    private static void attempt(String what, Runnable change) throws DefinitionsException {
        try {
            change.run();
        } catch (RefusedException e) {
            throw new DefinitionsException("the " + what + " in the definitions file is refused: " + e.refusal(), e);
        } catch (IllegalArgumentException e) {
            throw new DefinitionsException("the " + what + " in the definitions file is wrong: " + e.getMessage(), e);
        }
    }

    private static User user(Definitions.User user) {
        HashingAlgorithm algorithm = HashingAlgorithm.of(user.hashingAlgorithm())
                .orElseThrow(() -> new IllegalArgumentException("unknown algorithm " + user.hashingAlgorithm()));
        PasswordHash hash = user.passwordHash().isEmpty()
                ? PasswordHash.NONE
                : PasswordHash.ofBase64(algorithm, user.passwordHash());
        return new User(user.name(), hash, user.tags());
    }

    private void grant(Definitions.Permission grant) {
        administration.putPermissions(
                grant.user(), grant.virtualHost(), new Permissions(grant.configure(), grant.write(), grant.read()));
    }

    private void grant(Definitions.TopicPermission grant) {
        administration.putTopicPermission(
                grant.user(), grant.virtualHost(), grant.exchange(), new TopicPermission(grant.write(), grant.read()));
    }

    private void declare(Definitions.Exchange exchange) {
        link(exchange.virtualHost())
                .declareExchange(new ExchangeSpec(
                        exchange.name(),
                        ExchangeType.require(exchange.type()),
                        exchange.durable(),
                        exchange.autoDelete(),
                        exchange.internal(),
                        new LinkedHashMap<>(exchange.arguments())));
    }

    private void declare(Definitions.Queue queue) {
        link(queue.virtualHost())
                .declareQueue(new QueueSpec(
                        queue.name(),
                        queue.durable(),
                        false,
                        queue.autoDelete(),
                        QueueArguments.of(queue.arguments())));
    }

    private void bind(Definitions.Binding binding) {
        Link link = link(binding.virtualHost());
        switch (binding.destinationKind()) {
            case QUEUE ->
                link.bindQueue(
                        binding.destination(),
                        binding.source(),
                        binding.routingKey(),
                        new LinkedHashMap<>(binding.arguments()));
            case EXCHANGE ->
                link.bindExchange(
                        binding.destination(),
                        binding.source(),
                        binding.routingKey(),
                        new LinkedHashMap<>(binding.arguments()));
        }
    }

    private Link link(String vhost) {
        return links.computeIfAbsent(vhost, administration::operatorLink);
    }
}
