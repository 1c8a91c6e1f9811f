package io.ferrymq.broker.routing;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hashes of values that are the same in every process: FNV-1a over the content, then a finaliser that spreads it. */
final class StableHash {
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private StableHash() {}

    /** Values that {@link ArgumentValues#same} calls the same have the same hash. */
    static long ofValue(@Nullable Object value) {
        return switch (value) {
            case null -> mix(0);
            case String text -> of(text);
            case byte[] bytes -> of(bytes);
            case Float number -> mix(Double.doubleToLongBits(number));
            case Double number -> mix(Double.doubleToLongBits(number));
            case BigDecimal number -> of(number.stripTrailingZeros().toString());
            case Number number -> mix(number.longValue());
            case Boolean flag -> mix(flag ? 1 : 2);
            case Instant instant -> mix(instant.getEpochSecond());
            case List<?> list -> of(list);
            case Map<?, ?> table -> mix(table.size());
            default -> mix(value.hashCode());
        };
    }

    static long of(String text) {
        long hash = FNV_OFFSET;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return mix(hash);
    }

    /** The last step of SplitMix64: every input bit changes each output bit with a probability of one half. */
    static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    private static long of(byte[] bytes) {
        long hash = FNV_OFFSET;
        for (byte next : bytes) {
            hash = (hash ^ next) * FNV_PRIME;
        }
        return mix(hash);
    }

    private static long of(List<?> list) {
        long hash = FNV_OFFSET;
        for (Object value : list) {
            hash = (hash ^ ofValue(value)) * FNV_PRIME;
        }
        return mix(hash);
    }
}
