package io.ferrymq.amqp091;

import io.ferrymq.broker.Refusal;
import io.ferrymq.broker.ValueProblem;
import io.ferrymq.broker.ValueProblem.ArgumentType;

/**
 * What RabbitMQ says about an argument's value that it does not take ({@code rabbit_amqqueue}, {@code rabbit_channel} and
 * the exchange types). Most texts have one shape and end with an Erlang term; names of exchanges, arguments of bindings
 * and what to hash have their own.
 */
final class InvalidArgumentText {
    private InvalidArgumentText() {}

    static String of(Refusal.InvalidArgument refusal) {
        return switch (refusal.problem()) {
            case ValueProblem.WrongType p -> wrongType(refusal, p.wanted());
            case ValueProblem.TooSmall p -> tooSmall(refusal, p.min());
            case ValueProblem.TooLarge p -> tooLarge(refusal, p.max());
            case ValueProblem.NotOneOf p -> notOneOf(refusal, p);
            case ValueProblem.Needs _ -> because(refusal, "routing_key_but_no_dlx_defined");
            case ValueProblem.Excludes p ->
                p.otherArgument() + " and " + refusal.argument() + " are mutually exclusive";
            case ValueProblem.Empty _ -> because(refusal, ErlangTerms.string("empty"));
            case ValueProblem.NotStorable p -> because(refusal, ErlangTerms.string(p.why()));
        };
    }

    private static String because(Refusal.InvalidArgument refusal, String term) {
        return "invalid arg '" + refusal.argument() + "' for " + RefusalFaults.phrase(refusal.resource()) + ": " + term;
    }

    private static String wrongType(Refusal.InvalidArgument refusal, ArgumentType wanted) {
        String type = ErlangTerms.type(refusal.value());
        return switch (refusal.argument()) {
            case "x-dead-letter-exchange", "alternate-exchange" ->
                "invalid type '" + type + "' for arg '" + refusal.argument() + "' in "
                        + RefusalFaults.phrase(refusal.resource());
            case "x-match" ->
                "Invalid x-match field type " + type + " (value " + ErlangTerms.term(refusal.value())
                        + "); expected longstr";
            case "routing_key" -> "The binding key must be an integer: " + ErlangTerms.term(refusal.value());
            default ->
                because(
                        refusal,
                        wanted == ArgumentType.INTEGER
                                ? ErlangTerms.string("expected integer, got " + type)
                                : "{unacceptable_type," + type + "}");
        };
    }

    private static String tooSmall(Refusal.InvalidArgument refusal, long min) {
        if (refusal.argument().equals("routing_key")) {
            return "The binding key must be greater than " + (min - 1);
        }
        boolean zero = refusal.value() instanceof Number number && number.longValue() == 0;
        return because(refusal, tuple(zero ? "value_zero" : "value_negative", refusal));
    }

    private static String tooLarge(Refusal.InvalidArgument refusal, long max) {
        return switch (refusal.argument()) {
            case "routing_key" -> "The binding key must be at most " + max;
            case "x-max-priority" -> because(refusal, tuple("max_value_exceeded", refusal));
            default -> because(refusal, tuple("value_too_large", refusal));
        };
    }

    private static String notOneOf(Refusal.InvalidArgument refusal, ValueProblem.NotOneOf problem) {
        Object value = refusal.value();
        return switch (refusal.argument()) {
            case "x-match" ->
                "Invalid x-match field value " + ErlangTerms.term(value)
                        + "; expected all, any, all-with-x, or any-with-x";
            case "hash-property" -> "Unsupported property: " + value;
            case "x-delayed-type" ->
                "x-delayed-message".equals(value)
                        ? "Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"
                        : "Invalid argument, 'x-delayed-type' must be an existing exchange type";
            case "x-queue-type" -> because(refusal, ErlangTerms.string("unsupported queue type '" + value + "'"));
            case "x-queue-version" -> because(refusal, ErlangTerms.string("unsupported queue version: " + value));
            case "x-overflow" -> because(refusal, "invalid_overflow");
            case "x-queue-mode" -> because(refusal, "invalid_queue_mode");
            case "x-queue-leader-locator" -> because(refusal, "invalid_queue_locator_arg");
            case "x-dead-letter-strategy" -> because(refusal, "invalid_dlx_strategy");
            default ->
                because(refusal, ErlangTerms.string("expected one of " + String.join(", ", problem.acceptable())));
        };
    }

    private static String tuple(String reason, Refusal.InvalidArgument refusal) {
        return "{" + reason + "," + refusal.value() + "}";
    }
}
