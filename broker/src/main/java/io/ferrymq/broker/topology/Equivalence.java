package io.ferrymq.broker.topology;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.RefusedException;
import io.ferrymq.broker.Resource;
import io.ferrymq.broker.routing.ArgumentValues;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether declaring again what exists says the same (AMQP 0-9-1, exchange.declare and queue.declare, rule {@code
 * equivalent}). Only arguments that have a meaning for the thing are compared.
 *
 * <p>Arguments that only this broker knows may be left out: an operator gives them to a queue, and clients that were
 * written for another broker declare it as they always did.
 */
final class Equivalence {
    private Equivalence() {}

    static void require(Resource resource, ExchangeSpec current, ExchangeSpec received) {
        requireEqual(
                resource, "type", current.type().wireName(), received.type().wireName());
        requireEqual(resource, "durable", current.durable(), received.durable());
        requireEqual(resource, "auto_delete", current.autoDelete(), received.autoDelete());
        requireEqual(resource, "internal", current.internal(), received.internal());
        requireSame(resource, ExchangeSpec.ALTERNATE_EXCHANGE, current.arguments(), received.arguments());
    }

    /** Who owns the queue is compared by the caller: that is a refusal of another kind. */
    static void require(Resource resource, QueueSpec current, QueueSpec received) {
        requireEqual(resource, "durable", current.durable(), received.durable());
        requireEqual(resource, "auto_delete", current.autoDelete(), received.autoDelete());
        Map<String, @Nullable Object> currentValues = current.arguments().values();
        Map<String, @Nullable Object> receivedValues = received.arguments().values();
        for (String argument : QueueArgumentRules.comparedFor(current.type())) {
            if (!meansTheSame(argument, currentValues, receivedValues)) {
                requireSame(resource, argument, currentValues, receivedValues);
            }
        }
    }

    /** Whether an argument is fine although its values may differ. */
    private static boolean meansTheSame(
            String argument, Map<String, @Nullable Object> current, Map<String, @Nullable Object> received) {
        if (argument.startsWith(QueueArguments.OWN_PREFIX)) {
            return !received.containsKey(argument);
        }
        return argument.equals(QueueArguments.QUEUE_TYPE) && typeName(current).equals(typeName(received));
    }

    /** A queue that names no type is classic. */
    private static Object typeName(Map<String, @Nullable Object> arguments) {
        Object name = arguments.get(QueueArguments.QUEUE_TYPE);
        return name == null || name.equals("") || name.equals("undefined") ? QueueType.CLASSIC.wireName() : name;
    }

    private static void requireSame(
            Resource resource,
            String argument,
            Map<String, @Nullable Object> current,
            Map<String, @Nullable Object> received) {
        Object currentValue = current.get(argument);
        Object receivedValue = received.get(argument);
        if (!ArgumentValues.same(currentValue, receivedValue)) {
            throw new RefusedException(new Refusal.Inequivalent(resource, argument, receivedValue, currentValue));
        }
    }

    private static void requireEqual(Resource resource, String property, Object current, Object received) {
        if (!current.equals(received)) {
            throw new RefusedException(new Refusal.Inequivalent(resource, property, received, current));
        }
    }
}
