package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.ValueProblem;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which arguments a queue may be declared with (RabbitMQ 4, {@code rabbit_amqqueue} and each queue type's list), and
 * what each must look like. Arguments that nobody knows are let through and mean nothing.
 */
final class QueueArgumentRules {
    private static final Set<QueueType> BOTH = EnumSet.allOf(QueueType.class);
    private static final Set<QueueType> CLASSIC = EnumSet.of(QueueType.CLASSIC);
    private static final Set<QueueType> QUORUM = EnumSet.of(QueueType.QUORUM);
    private static final Set<QueueType> NEITHER = EnumSet.noneOf(QueueType.class);

    /** In the order in which they are checked and compared. What FerryMQ has no use for is checked all the same. */
    private static final List<Rule> RULES = List.of(
            new Rule(QueueArguments.QUEUE_TYPE, BOTH, QueueArgumentCheck::queueType),
            new Rule(QueueArguments.EXPIRES, BOTH, QueueArgumentCheck::positiveExpiry),
            new Rule(QueueArguments.MESSAGE_TTL, BOTH, QueueArgumentCheck::expiry),
            new Rule(QueueArguments.DEAD_LETTER_EXCHANGE, BOTH, QueueArgumentCheck::address),
            new Rule(QueueArguments.DEAD_LETTER_ROUTING_KEY, BOTH, QueueArgumentCheck::address),
            new Rule(QueueArguments.DEAD_LETTER_STRATEGY, QUORUM, QueueArgumentCheck::deadLetterStrategy),
            new Rule(QueueArguments.MAX_LENGTH, BOTH, QueueArgumentCheck::notNegative),
            new Rule(QueueArguments.MAX_LENGTH_BYTES, BOTH, QueueArgumentCheck::notNegative),
            new Rule("x-max-in-memory-length", QUORUM, QueueArgumentCheck::notNegative),
            new Rule("x-max-in-memory-bytes", QUORUM, QueueArgumentCheck::notNegative),
            new Rule(QueueArguments.MAX_PRIORITY, CLASSIC, QueueArgumentCheck::priority),
            new Rule(QueueArguments.OVERFLOW, BOTH, QueueArgumentCheck::overflow),
            new Rule("x-queue-mode", CLASSIC, QueueArgumentCheck::queueMode),
            new Rule("x-queue-version", CLASSIC, QueueArgumentCheck::queueVersion),
            new Rule(QueueArguments.SINGLE_ACTIVE_CONSUMER, BOTH, QueueArgumentCheck::flag),
            new Rule(QueueArguments.CONSUMER_TIMEOUT, BOTH, QUORUM, QueueArgumentCheck::notNegative),
            new Rule("x-consumer-disconnected-timeout", QUORUM, QueueArgumentCheck::notNegative),
            new Rule("x-queue-master-locator", CLASSIC, QueueArgumentCheck::text),
            new Rule("x-queue-leader-locator", BOTH, QueueArgumentCheck::leaderLocator),
            new Rule("x-quorum-initial-group-size", QUORUM, QueueArgumentCheck::positive),
            new Rule("x-member-placement-tag", QUORUM, QueueArgumentCheck::text),
            new Rule(QueueArguments.DELIVERY_LIMIT, QUORUM, QueueArgumentCheck::integer),
            new Rule(QueueArguments.DELAYED_RETRY_TYPE, QUORUM, QueueArgumentCheck::retryType),
            new Rule(QueueArguments.DELAYED_RETRY_MIN, QUORUM, QueueArgumentCheck::notNegative),
            new Rule(QueueArguments.DELAYED_RETRY_MAX, QUORUM, QueueArgumentCheck::notNegative),
            new Rule(QueueArguments.RETRY_BACKOFF, QUORUM, QueueArgumentCheck::backoff),
            new Rule(QueueArguments.RETRY_JITTER, QUORUM, QueueArgumentCheck::percent),
            new Rule(QueueArguments.CELERY, BOTH, QueueArgumentCheck::flag),
            new Rule("x-max-age", NEITHER, QueueArgumentCheck::text),
            new Rule("x-stream-max-segment-size-bytes", NEITHER, QueueArgumentCheck::notNegative),
            new Rule("x-stream-filter-size-bytes", NEITHER, QueueArgumentCheck::notNegative),
            new Rule("x-initial-cluster-size", NEITHER, QueueArgumentCheck::positive));

    private QueueArgumentRules() {}

    /** What a rule makes of a value: empty if it is fine, else why not. */
    @FunctionalInterface
    interface Check {
        Optional<ValueProblem> problem(@Nullable Object value);
    }

    /**
     * What one argument may be.
     *
     * @param types the queue types that may have the argument
     * @param comparing the queue types that compare it when they are declared again
     */
    private record Rule(String argument, Set<QueueType> types, Set<QueueType> comparing, Check check) {
        Rule(String argument, Set<QueueType> types, Check check) {
            this(argument, types, types, check);
        }
    }

    /** The arguments that a declaration must repeat for a queue of that type. */
    static List<String> comparedFor(QueueType type) {
        return RULES.stream()
                .filter(rule -> rule.comparing.contains(type))
                .map(Rule::argument)
                .toList();
    }

    /**
     * Checks a queue that is to be created.
     *
     * @throws RefusedException with {@code InvalidArgument}, {@code UnsupportedArgument} or {@code UnsupportedProperty}
     */
    static void requireDeclarable(Resource resource, QueueSpec spec) {
        Map<String, @Nullable Object> values = spec.arguments().values();
        for (Rule rule : RULES) {
            if (rule.types.contains(spec.type()) && values.containsKey(rule.argument)) {
                requireAcceptable(resource, rule, values.get(rule.argument));
            }
        }
        requireTargetOfDeadLetters(resource, values);
        requireSupported(resource, spec);
        if (spec.type() == QueueType.QUORUM) {
            requireQuorumProperties(resource, spec);
        }
    }

    private static void requireAcceptable(Resource resource, Rule rule, @Nullable Object value) {
        rule.check.problem(value).ifPresent(problem -> {
            throw new RefusedException(new Refusal.InvalidArgument(resource, rule.argument, value, problem));
        });
    }

    private static void requireTargetOfDeadLetters(Resource resource, Map<String, @Nullable Object> values) {
        String routingKey = QueueArguments.DEAD_LETTER_ROUTING_KEY;
        String exchange = QueueArguments.DEAD_LETTER_EXCHANGE;
        if (values.containsKey(routingKey) && !values.containsKey(exchange)) {
            throw new RefusedException(new Refusal.InvalidArgument(
                    resource, routingKey, values.get(routingKey), new ValueProblem.Needs(exchange)));
        }
    }

    private static void requireSupported(Resource resource, QueueSpec spec) {
        QueueType type = spec.type();
        for (Rule rule : RULES) {
            if (!rule.types.contains(type) && spec.arguments().values().containsKey(rule.argument)) {
                throw new RefusedException(new Refusal.UnsupportedArgument(resource, rule.argument, type.wireName()));
            }
        }
    }

    private static void requireQuorumProperties(Resource resource, QueueSpec spec) {
        String property = spec.autoDelete() ? "auto-delete" : spec.exclusive() ? "exclusive-owner" : "non-durable";
        if (spec.autoDelete() || spec.exclusive() || !spec.durable()) {
            throw new RefusedException(new Refusal.UnsupportedProperty(resource, property));
        }
    }
}
