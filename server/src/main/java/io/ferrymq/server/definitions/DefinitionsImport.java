package io.ferrymq.server.definitions;

import io.ferrymq.amqp091.RefusalTexts;
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
import io.ferrymq.broker.topology.QueueType;
import io.ferrymq.broker.topology.VhostSpec;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings into being what a definitions file says. What exists already and is the same is left alone, so that a file may
 * be imported at every start.
 *
 * <p>Thread contract: the shard's lane.
 */
public final class DefinitionsImport {
    private final Administration administration;
    private final Supplier<byte[]> salts;
    private final Map<String, Link> links = new LinkedHashMap<>();

    private DefinitionsImport(Administration administration, Supplier<byte[]> salts) {
        this.administration = administration;
        this.salts = salts;
    }

    /**
     * Imports everything, in an order in which each thing finds what it needs.
     *
     * @param salts makes {@link PasswordHash#SALT_BYTES} unpredictable bytes for a password in plain text
     * @throws DefinitionsException if the broker refuses an entry; those before it stay
     */
    public static void run(Definitions definitions, Administration administration, Supplier<byte[]> salts)
            throws DefinitionsException {
        new DefinitionsImport(administration, salts).all(definitions);
    }

    private void all(Definitions definitions) throws DefinitionsException {
        try {
            each("vhosts", definitions.virtualHosts(), vhost -> administration.putVhost(spec(vhost)));
            each("users", definitions.users(), user -> administration.putUser(user(user)));
            each("permissions", definitions.permissions(), this::grant);
            each("topic_permissions", definitions.topicPermissions(), this::grant);
            each("exchanges", definitions.exchanges(), this::declare);
            each("queues", definitions.queues(), this::declare);
            each("bindings", definitions.bindings(), this::bind);
        } finally {
            links.values().forEach(Link::close);
        }
    }

    private static <T> void each(String section, List<T> elements, Consumer<T> change) throws DefinitionsException {
        for (int i = 0; i < elements.size(); i++) {
            String place = "the definitions file: " + section + "[" + i + "]";
            try {
                change.accept(elements.get(i));
            } catch (RefusedException e) {
                throw new DefinitionsException(place + " is refused: " + RefusalTexts.of(e.refusal()), e);
            } catch (IllegalArgumentException e) {
                String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                throw new DefinitionsException(place + " is wrong: " + why, e);
            }
        }
    }

    private static VhostSpec spec(Definitions.VirtualHost vhost) {
        return new VhostSpec(
                vhost.name(),
                vhost.description(),
                vhost.tags(),
                QueueType.of(vhost.defaultQueueType()).orElse(QueueType.CLASSIC));
    }

    private User user(Definitions.User user) {
        if (!user.password().isEmpty()) {
            byte[] password = user.password().getBytes(StandardCharsets.UTF_8);
            return new User(user.name(), PasswordHash.of(HashingAlgorithm.SHA256, salts.get(), password), user.tags());
        }
        HashingAlgorithm algorithm = HashingAlgorithm.of(user.hashingAlgorithm())
                .orElseThrow(() ->
                        new IllegalArgumentException("hashing_algorithm '" + user.hashingAlgorithm() + "' is unknown"));
        return new User(user.name(), hash(algorithm, user.passwordHash()), user.tags());
    }

    private static PasswordHash hash(HashingAlgorithm algorithm, String base64) {
        try {
            return base64.isEmpty() ? PasswordHash.NONE : PasswordHash.ofBase64(algorithm, base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("password_hash is not Base64", e);
        }
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
        if (exchange.name().isEmpty()) {
            // The default exchange is there in any case.
            return;
        }
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
        if (binding.source().isEmpty()) {
            // To the default exchange every queue is bound in any case; older exports say so, and RabbitMQ looks away,
            // too.
            return;
        }
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
