package io.ferrymq.broker.routing;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Asks one headers binding of one message as the definition reads; plain values only. */
public final class NaiveHeaders {
    private NaiveHeaders() {}

    public static boolean matches(
            Map<String, ? extends @Nullable Object> arguments, Map<String, @Nullable Object> headers) {
        String match = String.valueOf(arguments.get("x-match"));
        Stream<String> names = arguments.keySet().stream()
                .filter(name -> match.endsWith("-with-x") ? !name.equals("x-match") : !name.startsWith("x-"));
        return match.startsWith("any")
                ? names.anyMatch(name -> isMet(name, arguments.get(name), headers))
                : names.allMatch(name -> isMet(name, arguments.get(name), headers));
    }

    private static boolean isMet(String name, @Nullable Object wanted, Map<String, @Nullable Object> headers) {
        return headers.containsKey(name) && (wanted == null || meet(wanted, headers.get(name)));
    }

    private static boolean meet(Object one, @Nullable Object other) {
        if (one instanceof Boolean || other instanceof Boolean || other == null) {
            return one.equals(other);
        }
        boolean textual = one instanceof String || one instanceof byte[];
        boolean otherTextual = other instanceof String || other instanceof byte[];
        if (textual || otherTextual) {
            return textual && otherTextual && Arrays.equals(octets(one), octets(other));
        }
        return number(one).compareTo(number(other)) == 0;
    }

    private static byte[] octets(Object text) {
        return text instanceof byte[] octets ? octets : text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static BigDecimal number(Object value) {
        return switch (value) {
            case Instant time -> BigDecimal.valueOf(time.getEpochSecond());
            case Float number -> new BigDecimal(number);
            case Double number -> new BigDecimal(number);
            case Number number -> BigDecimal.valueOf(number.longValue());
            default -> throw new IllegalArgumentException("not a plain value: " + value);
        };
    }
}
