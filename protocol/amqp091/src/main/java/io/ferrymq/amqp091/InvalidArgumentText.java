package io.ferrymq.amqp091;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.Resource;
import java.util.Set;

/**
 * Why an argument's value is not acceptable, in RabbitMQ's words. The broker's reason is RabbitMQ's word where it has
 * one; here it gets the value and the shape that RabbitMQ prints.
 */
final class InvalidArgumentText {
    /** Reasons that RabbitMQ prints as a pair with the value. */
    private static final Set<String> PAIRED =
            Set.of("value_zero", "value_negative", "value_too_large", "max_value_exceeded");

    /** Arguments that name an exchange; RabbitMQ looks at them with a function that has words of its own. */
    private static final Set<String> EXCHANGE_NAMES = Set.of("x-dead-letter-exchange", "alternate-exchange");

    private InvalidArgumentText() {}

    static String of(Refusal.InvalidArgument refusal) {
        Resource resource = refusal.resource();
        String phrase = RefusalFaults.phrase(resource);
        if (EXCHANGE_NAMES.contains(refusal.argument())) {
            return "invalid type '" + ErlangTerms.type(refusal.value()) + "' for arg '" + refusal.argument() + "' in "
                    + phrase;
        }
        return switch (refusal.argument()) {
            case "x-match" -> match(refusal);
            case "routing_key" -> "The binding key must be an integer: " + ErlangTerms.binary(refusal.value());
            default -> "invalid arg '" + refusal.argument() + "' for " + phrase + ": " + reason(refusal);
        };
    }

    private static String match(Refusal.InvalidArgument refusal) {
        if (refusal.value() instanceof String value) {
            return "Invalid x-match field value " + ErlangTerms.binary(value)
                    + "; expected all, any, all-with-x, or any-with-x";
        }
        return "Invalid x-match field type " + ErlangTerms.type(refusal.value()) + " (value " + refusal.value()
                + "); expected longstr";
    }

    private static String reason(Refusal.InvalidArgument refusal) {
        String why = refusal.why();
        if (PAIRED.contains(why)) {
            return "{" + why + "," + refusal.value() + "}";
        }
        String type = ErlangTerms.type(refusal.value());
        return switch (why) {
            case "unacceptable_type" -> "{unacceptable_type," + type + "}";
            case "expected integer" -> "\"expected integer, got " + type + "\"";
            case "unsupported queue type" -> "\"unsupported queue type '" + refusal.value() + "'\"";
            default -> why;
        };
    }
}
