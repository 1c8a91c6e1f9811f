package io.ferrymq.server.settings;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a value is read, and what a good one looks like.
 *
 * <p>Thread contract: immutable.
 */
public final class ValueType<T> {
    private static final Pattern QUANTITY = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([A-Za-z]*)");

    private final String expectation;
    private final Function<String, T> reader;

    private ValueType(String expectation, Function<String, T> reader) {
        this.expectation = expectation;
        this.reader = reader;
    }

    /** Ends a sentence that begins "…is not", such as "a number from 0 to 65535". */
    public String expectation() {
        return expectation;
    }

    /**
     * Reads the text.
     *
     * @throws IllegalArgumentException if the text is not what {@link #expectation} says
     */
    public T read(String text) {
        return reader.apply(text.strip());
    }

    /** Any text. */
    static ValueType<String> text() {
        return new ValueType<>("text", Function.identity());
    }

    /** A path; a relative one starts at the current directory. */
    static ValueType<Path> path() {
        return new ValueType<>("a path", text -> {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    /** {@code true} or {@code false}. */
    static ValueType<Boolean> flag() {
        return new ValueType<>("true or false", text -> {
            requireThat(text.equals("true") || text.equals("false"));
            return Boolean.parseBoolean(text);
        });
    }

    /** A whole number in a range. */
    static ValueType<Integer> count(int min, int max) {
        return new ValueType<>(
                "a number from " + min + " to " + max,
                text -> Math.toIntExact(inRange(new BigDecimal(text).longValueExact(), min, max)));
    }

    /** A number between 0 and 1. */
    static ValueType<Double> fraction() {
        return new ValueType<>("a number from 0 to 1", text -> {
            double value = Double.parseDouble(text);
            requireThat(value >= 0 && value <= 1);
            return value;
        });
    }

    /** A number of bytes: {@code 65536}, {@code 64KiB}, {@code 64KB}. */
    static ValueType<Long> bytes(long min, long max) {
        return new ValueType<>(
                "a size from " + min + " to " + max + " bytes, such as 64MiB, 64MB or 67108864",
                text -> inRange(quantity(text, ValueType::bytesOf), min, max));
    }

    /** A duration in milliseconds; a number without a unit is milliseconds. */
    static ValueType<Long> millis(long min, long max) {
        return new ValueType<>(
                "a duration from " + min + " ms to " + max + " ms, such as 500ms, 10s or 10000",
                text -> inRange(quantity(text, unit -> millisOf(unit, 1)), min, max));
    }

    /** A duration in whole seconds; a number without a unit is seconds. */
    static ValueType<Integer> seconds(int min, int max) {
        return new ValueType<>("a duration from " + min + " to " + max + " seconds, such as 60, 60s or 1m", text -> {
            long millis = quantity(text, unit -> millisOf(unit, 1_000));
            requireThat(millis % 1_000 == 0);
            return Math.toIntExact(inRange(millis / 1_000, min, max));
        });
    }

    /** One of an enumeration's constants, in lower case. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        List<E> all = Arrays.asList(constants.getEnumConstants());
        List<String> names = all.stream().map(ValueType::lowerCase).toList();
        return new ValueType<>("one of " + String.join(", ", names), text -> {
            int index = names.indexOf(text);
            requireThat(index >= 0);
            return all.get(index);
        });
    }

    private static String lowerCase(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static long quantity(String text, Function<String, BigDecimal> unitFactor) {
        Matcher matcher = QUANTITY.matcher(text);
        requireThat(matcher.matches());
        BigDecimal number = new BigDecimal(matcher.group(1));
        try {
            return number.multiply(unitFactor.apply(matcher.group(2))).longValueExact();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static BigDecimal bytesOf(String unit) {
        return BigDecimal.valueOf(
                switch (unit.toLowerCase(Locale.ROOT)) {
                    case "", "b" -> 1L;
                    case "kb" -> 1_000L;
                    case "mb" -> 1_000_000L;
                    case "gb" -> 1_000_000_000L;
                    case "k", "kib" -> 1L << 10;
                    case "m", "mib" -> 1L << 20;
                    case "g", "gib" -> 1L << 30;
                    case "tib" -> 1L << 40;
                    default -> throw new IllegalArgumentException(unit);
                });
    }

    private static BigDecimal millisOf(String unit, long withoutUnit) {
        return BigDecimal.valueOf(
                switch (unit) {
                    case "" -> withoutUnit;
                    case "ms" -> 1L;
                    case "s" -> 1_000L;
                    case "m", "min" -> 60_000L;
                    case "h" -> 3_600_000L;
                    default -> throw new IllegalArgumentException(unit);
                });
    }

    private static long inRange(long value, long min, long max) {
        requireThat(value >= min && value <= max);
        return value;
    }

    private static void requireThat(boolean condition) {
        if (!condition) {
            throw new IllegalArgumentException();
        }
    }
}
