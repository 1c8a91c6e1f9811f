package io.ferrymq.broker.routing;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A total order of argument tables in which those are equal that {@link ArgumentValues#sameTables} calls the same, and
 * a hash to it. A hash table of things with arguments needs both: clients choose the arguments, and so which of them
 * collide.
 */
public final class ArgumentOrder {
    private static final Comparator<Object> NAMES = Comparator.comparing(String::valueOf);

    private ArgumentOrder() {}

    /** The same for tables that are the same; names and values count. */
    public static int hash(Map<String, @Nullable Object> table) {
        long hash = 0;
        for (Map.Entry<String, @Nullable Object> entry : table.entrySet()) {
            // A sum, since the order of a table does not count.
            hash += StableHash.mix(StableHash.of(entry.getKey()) * 31 + StableHash.ofValue(entry.getValue()));
        }
        return Long.hashCode(hash);
    }

    public static int compare(Map<?, ?> one, Map<?, ?> other) {
        if (one.isEmpty() || one.size() != other.size()) {
            return Integer.compare(one.size(), other.size());
        }
        Iterator<Map.Entry<Object, @Nullable Object>> others = sorted(other);
        for (Iterator<Map.Entry<Object, @Nullable Object>> own = sorted(one); own.hasNext(); ) {
            Map.Entry<Object, @Nullable Object> left = own.next();
            Map.Entry<Object, @Nullable Object> right = others.next();
            int names = NAMES.compare(left.getKey(), right.getKey());
            int order = names != 0 ? names : compareValues(left.getValue(), right.getValue());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static Iterator<Map.Entry<Object, @Nullable Object>> sorted(Map<?, ?> table) {
        TreeMap<Object, @Nullable Object> sorted = new TreeMap<>(NAMES);
        sorted.putAll(table);
        return sorted.entrySet().iterator();
    }

    private static int compareValues(@Nullable Object one, @Nullable Object other) {
        int classes = Integer.compare(rank(one), rank(other));
        if (classes != 0) {
            return classes;
        }
        return switch (one) {
            case null -> 0;
            case Float number -> Double.compare(number, floatingPoint(other));
            case Double number -> Double.compare(number, floatingPoint(other));
            case BigDecimal number when other instanceof BigDecimal right -> number.compareTo(right);
            case Number number
            when other instanceof Number right -> Long.compare(number.longValue(), right.longValue());
            case String text when other instanceof String right -> text.compareTo(right);
            case byte[] bytes when other instanceof byte[] right -> Arrays.compare(bytes, right);
            case Boolean flag when other instanceof Boolean right -> flag.compareTo(right);
            case Instant time when other instanceof Instant right -> time.compareTo(right);
            case List<?> list when other instanceof List<?> right -> compareLists(list, right);
            case Map<?, ?> table when other instanceof Map<?, ?> right -> compare(table, right);
            default -> 0;
        };
    }

    /** Which values can be the same at all. */
    private static int rank(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Float _, Double _ -> 1;
            case BigDecimal _ -> 2;
            case Number _ -> 3;
            case String _ -> 4;
            case byte[] _ -> 5;
            case Boolean _ -> 6;
            case Instant _ -> 7;
            case List<?> _ -> 8;
            case Map<?, ?> _ -> 9;
            // Values of further classes cannot be stored, so no table holds two that are not the same.
            default -> 10;
        };
    }

    private static double floatingPoint(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    private static int compareLists(List<?> one, List<?> other) {
        if (one.size() != other.size()) {
            return Integer.compare(one.size(), other.size());
        }
        Iterator<?> others = other.iterator();
        for (Object value : one) {
            int order = compareValues(value, others.next());
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }
}
