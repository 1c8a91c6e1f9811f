package io.ferrymq.amqp091.codec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Equality to the last bit through maps, lists and byte arrays, where {@code equals} compares arrays by identity and a
 * recursive comparison by reflection takes NaN for unequal and floats that differ a little for equal.
 */
final class Exactly {
    private Exactly() {}

    static boolean same(@Nullable Object one, @Nullable Object other) {
        if (one instanceof Map<?, ?> map && other instanceof Map<?, ?> that) {
            return map.keySet().equals(that.keySet())
                    && map.keySet().stream().allMatch(key -> same(map.get(key), that.get(key)));
        }
        if (one instanceof List<?> list && other instanceof List<?> that) {
            return sameElements(list, that);
        }
        if (one instanceof byte[] octets && other instanceof byte[] that) {
            return Arrays.equals(octets, that);
        }
        return Objects.equals(one, other);
    }

    private static boolean sameElements(List<?> list, List<?> that) {
        if (list.size() != that.size()) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            if (!same(list.get(i), that.get(i))) {
                return false;
            }
        }
        return true;
    }
}
