package io.ferrymq.broker.message;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import org.jspecify.annotations.Nullable;

/** Arbitrary tables of arguments. */
public final class Tables {
    private Tables() {}

    /** Tables with values of every class, nested a few times. */
    public static Arbitrary<Map<String, @Nullable Object>> any() {
        return tables(Arbitraries.lazyOf(
                Tables::plain,
                Tables::plain,
                Tables::plain,
                () -> plain().list().ofMaxSize(3).map(x -> (Object) x),
                () -> tables(plain()).map(x -> (Object) x)));
    }

    private static Arbitrary<Map<String, @Nullable Object>> tables(Arbitrary<Object> values) {
        return Arbitraries.maps(text(), values.injectNull(0.1)).ofMaxSize(4);
    }

    private static Arbitrary<Object> plain() {
        return Arbitraries.oneOf(
                Arbitraries.of(true, false).map(x -> (Object) x),
                Arbitraries.bytes().map(x -> (Object) x),
                Arbitraries.shorts().map(x -> (Object) x),
                Arbitraries.integers().map(x -> (Object) x),
                Arbitraries.longs().map(x -> (Object) x),
                Arbitraries.floats().map(x -> (Object) x),
                Arbitraries.doubles().map(x -> (Object) x),
                decimals().map(x -> (Object) x),
                text().map(x -> (Object) x),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(5).map(x -> (Object) x),
                instants().map(x -> (Object) x));
    }

    private static Arbitrary<String> text() {
        return Arbitraries.strings().ofMaxLength(8).filter(ValueCodec::isUnicode);
    }

    private static Arbitrary<BigDecimal> decimals() {
        return Combinators.combine(
                        Arbitraries.bigIntegers(), Arbitraries.integers().between(-300, 300))
                .as((BigInteger unscaled, Integer scale) -> new BigDecimal(unscaled, scale));
    }

    private static Arbitrary<Instant> instants() {
        return Combinators.combine(
                        Arbitraries.longs().between(Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                        Arbitraries.integers().between(0, 999_999_999))
                .as((Long seconds, Integer nanos) -> Instant.ofEpochSecond(seconds, nanos));
    }
}
