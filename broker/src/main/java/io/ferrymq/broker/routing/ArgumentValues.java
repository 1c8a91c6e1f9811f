package io.ferrymq.broker.routing;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values of arguments and headers compare: by class of type and by value. Clients choose the width of a number as
 * they like, so integers of any width are one class, and so are both floating-point types; a number is never equal to
 * text, and an integer never to a floating-point number.
 */
public final class ArgumentValues {
    private ArgumentValues() {}

    /** Whether two values, either of which may be null, mean the same. */
    public static boolean same(@Nullable Object one, @Nullable Object other) {
        return switch (one) {
            case null -> other == null;
            case Byte number -> isInteger(other, number);
            case Short number -> isInteger(other, number);
            case Integer number -> isInteger(other, number);
            case Long number -> isInteger(other, number);
            case Float number -> isFloatingPoint(other, number);
            case Double number -> isFloatingPoint(other, number);
            case BigDecimal number -> other instanceof BigDecimal decimal && number.compareTo(decimal) == 0;
            case byte[] bytes -> other instanceof byte[] others && Arrays.equals(bytes, others);
            case List<?> list -> other instanceof List<?> others && sameLists(list, others);
            case Map<?, ?> table -> other instanceof Map<?, ?> others && sameTables(table, others);
            default -> one.equals(other);
        };
    }

    /** Whether both tables have the same names with the {@linkplain #same same} values, in any order. */
    public static boolean sameTables(Map<?, ?> one, Map<?, ?> other) {
        if (one.size() != other.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : one.entrySet()) {
            Object counterpart = other.get(entry.getKey());
            if (!same(entry.getValue(), counterpart) || (counterpart == null && !other.containsKey(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** The number, if the value is an integer of any width. */
    public static Optional<Long> integer(@Nullable Object value) {
        return switch (value) {
            case Byte number -> Optional.of(number.longValue());
            case Short number -> Optional.of(number.longValue());
            case Integer number -> Optional.of(number.longValue());
            case Long number -> Optional.of(number);
            case null, default -> Optional.empty();
        };
    }

    private static boolean isInteger(@Nullable Object value, long number) {
        return switch (value) {
            case Byte other -> other == number;
            case Short other -> other == number;
            case Integer other -> other == number;
            case Long other -> other == number;
            case null, default -> false;
        };
    }

    private static boolean isFloatingPoint(@Nullable Object value, double number) {
        return switch (value) {
            case Float other -> Double.compare(other, number) == 0;
            case Double other -> Double.compare(other, number) == 0;
            case null, default -> false;
        };
    }

    private static boolean sameLists(List<?> one, List<?> other) {
        if (one.size() != other.size()) {
            return false;
        }
        Iterator<?> others = other.iterator();
        for (Object value : one) {
            if (!same(value, others.next())) {
                return false;
            }
        }
        return true;
    }
}
