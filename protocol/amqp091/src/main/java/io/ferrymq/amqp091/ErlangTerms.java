package io.ferrymq.amqp091;

import io.ferrymq.amqp091.codec.LongString;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Argument values in the notation of RabbitMQ's error texts. */
final class ErlangTerms {
    private ErlangTerms() {}

    /** A value alone: {@code '100'}. */
    static String quoted(@Nullable Object value) {
        return "'" + value + "'";
    }

    /** A value with its type, or {@code none}: shown when one side has no such argument. */
    static String typed(@Nullable Object value) {
        return value == null ? "none" : "the value " + quoted(value) + " of type '" + type(value) + "'";
    }

    /** Text that RabbitMQ keeps as a list: {@code "text"}. */
    static String string(String text) {
        return '"' + escaped(text) + '"';
    }

    /** A value as RabbitMQ keeps it, text as a binary: {@code <<"text">>}, {@code 7}. */
    static String term(@Nullable Object value) {
        return switch (value) {
            case null -> "undefined";
            case String text -> "<<" + string(text) + ">>";
            default -> value.toString();
        };
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    /** The name of a field's type in RabbitMQ. */
    static String type(@Nullable Object value) {
        return switch (value) {
            case null -> "void";
            case String s -> "longstr";
            case LongString s -> "longstr";
            case Boolean b -> "bool";
            case Byte b -> "byte";
            case Short s -> "short";
            case Integer i -> "signedint";
            case Long l -> "long";
            case Float f -> "float";
            case Double d -> "double";
            case BigDecimal d -> "decimal";
            case Instant t -> "timestamp";
            case byte[] bytes -> "binary";
            case List<?> values -> "array";
            case Map<?, ?> table -> "table";
            default -> "undefined";
        };
    }
}
