package io.ferrymq.amqp091.codec;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Arbitrary texts, field values and tables that keep their type on the wire. */
final class FieldValues {
    private FieldValues() {}

    /** At most 63 characters of up to 4 octets each: a short string. */
    static Arbitrary<String> shortStrings() {
        return Arbitraries.strings().ofMaxLength(63).filter(FieldValues::isWellFormed);
    }

    private static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(p -> p >= Character.MIN_SURROGATE && p <= Character.MAX_SURROGATE);
    }

    static Arbitrary<LongString> longStrings() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(LongString::copyOf);
    }

    /** Tables up to four levels deep. */
    static Arbitrary<Map<String, Object>> tables() {
        return Arbitraries.lazyOf(() -> tables(3));
    }

    private static Arbitrary<Map<String, Object>> tables(int levels) {
        return Arbitraries.maps(shortStrings(), values(levels)).ofMaxSize(4);
    }

    private static Arbitrary<Object> values(int levels) {
        Arbitrary<Object> scalar = Arbitraries.oneOf(
                        Arbitraries.of(true, false).asGeneric(),
                        Arbitraries.bytes().asGeneric(),
                        Arbitraries.shorts().asGeneric(),
                        Arbitraries.integers().asGeneric(),
                        Arbitraries.longs().asGeneric(),
                        Arbitraries.floats().asGeneric(),
                        Arbitraries.doubles().asGeneric(),
                        decimals().asGeneric(),
                        instants().asGeneric(),
                        shortStrings().asGeneric(),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(20).asGeneric())
                .injectNull(0.05);
        if (levels == 0) {
            return scalar;
        }
        return Arbitraries.frequencyOf(
                Tuple.of(8, scalar),
                Tuple.of(1, values(levels - 1).list().ofMaxSize(4).asGeneric()),
                Tuple.of(1, tables(levels - 1).asGeneric()));
    }

    private static Arbitrary<BigDecimal> decimals() {
        return Combinators.combine(
                        Arbitraries.integers(), Arbitraries.integers().between(0, 255))
                .as((unscaled, scale) -> new BigDecimal(BigInteger.valueOf(unscaled), scale));
    }

    private static Arbitrary<Instant> instants() {
        return Arbitraries.longs()
                .between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond())
                .map(Instant::ofEpochSecond);
    }
}
