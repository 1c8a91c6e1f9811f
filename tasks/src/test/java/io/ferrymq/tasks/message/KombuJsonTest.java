package io.ferrymq.tasks.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KombuJsonTest {
    record Order(String item, int count) {}

    private static String json(@Nullable Object value) {
        return new String(KombuJson.write(value), UTF_8);
    }

    private static @Nullable Object read(String json) {
        return KombuJson.read(json.getBytes(UTF_8));
    }

    private static void readsBack(@Nullable Object value, String json) {
        assertThat(json(value)).isEqualTo(json);
        assertThat(read(json)).isEqualTo(value);
    }

    @Test
    void plainValuesArePlainJson() {
        readsBack(null, "null");
        readsBack(true, "true");
        readsBack("Grüße\n", "\"Grüße\\n\"");
        readsBack(42, "42");
        readsBack(1L << 40, "1099511627776");
        readsBack(BigInteger.TWO.pow(100), "1267650600228229401496703205376");
        readsBack(0.5, "0.5");
        readsBack(Arrays.asList(1, null, "x"), "[1,null,\"x\"]");
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("a", 1);
        map.put("b", List.of(2));
        readsBack(map, "{\"a\":1,\"b\":[2]}");
    }

    @Test
    void pythonsNumbersThatAreNoneOfJsonsAreNumbers() {
        assertThat(read("[NaN, Infinity, -Infinity, 1e400]"))
                .isEqualTo(List.of(
                        Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY));
        assertThat(json(List.of(Double.NaN, Double.NEGATIVE_INFINITY))).isEqualTo("[NaN,-Infinity]");
    }

    @Test
    void otherValuesHaveAnEnvelope() {
        readsBack(
                OffsetDateTime.parse("2026-02-03T04:05:06.000007+01:00"),
                "{\"__type__\":\"datetime\",\"__value__\":\"2026-02-03T04:05:06.000007+01:00\"}");
        readsBack(
                LocalDateTime.parse("2026-02-03T04:05:06"),
                "{\"__type__\":\"datetime\",\"__value__\":\"2026-02-03T04:05:06.000000\"}");
        readsBack(LocalDate.parse("2026-02-03"), "{\"__type__\":\"date\",\"__value__\":\"2026-02-03\"}");
        readsBack(LocalTime.parse("04:05:06"), "{\"__type__\":\"time\",\"__value__\":\"04:05:06.000000\"}");
        readsBack(new BigDecimal("1.10"), "{\"__type__\":\"decimal\",\"__value__\":\"1.10\"}");
        readsBack(
                UUID.fromString("f1000000-0000-4000-8000-00000000000f"),
                "{\"__type__\":\"uuid\",\"__value__\":{\"hex\":\"f1000000000040008000000000" + "00000f\"}}");
        readsBack("text".getBytes(UTF_8), "{\"__type__\":\"bytes\",\"__value__\":\"text\"}");
        readsBack(new byte[] {-1, 0}, "{\"__type__\":\"base64\",\"__value__\":\"/wA=\"}");
    }

    @Test
    void aMomentIsWrittenInUtc() {
        assertThat(json(Instant.parse("2026-02-03T04:05:06Z"))).contains("2026-02-03T04:05:06.000000+00:00");
    }

    @Test
    void pythonsFormsOfTimesAreRead() {
        assertThat(PythonTime.parse("2026-02-03T04:05:06Z")).isEqualTo(OffsetDateTime.parse("2026-02-03T04:05:06Z"));
        assertThat(PythonTime.parse("2026-02-03 04:05:06.5")).isEqualTo(LocalDateTime.parse("2026-02-03T04:05:06.500"));
    }

    @Test
    void anObjectThatOnlyLooksLikeAnEnvelopeIsAnObject() {
        assertThat(read("{\"__type__\":\"date\"}")).isEqualTo(Map.of("__type__", "date"));
        assertThat(read("{\"__type__\":1,\"__value__\":2}")).isEqualTo(Map.of("__type__", 1, "__value__", 2));
    }

    @Test
    void recordsAreWrittenAndMade() {
        byte[] json = KombuJson.write(List.of(new Order("tea", 2)));
        assertThat(new String(json, UTF_8)).isEqualTo("[{\"item\":\"tea\",\"count\":2}]");
        assertThat(KombuJson.convert(Map.of("item", "tea", "count", 2), Order.class))
                .isEqualTo(new Order("tea", 2));
        assertThat(KombuJson.convert(7, long.class)).isEqualTo(7L);
        assertThatThrownBy(() -> KombuJson.convert("seven", int.class)).isInstanceOf(BadMessageException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[1,]",
                "1 2",
                "nul",
                "{\"__type__\":\"pickle\",\"__value__\":\"x\"}",
                "{\"__type__\":\"date\",\"__value__\":\"today\"}",
                "{\"__type__\":\"decimal\",\"__value__\":1}",
                "{\"__type__\":\"uuid\",\"__value__\":{\"hex\":\"zz000000000040008000000000000000\"}}",
                "{\"__type__\":\"base64\",\"__value__\":\"%\"}"
            })
    void anythingElseIsABadMessage(String json) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(BadMessageException.class);
    }

    @Test
    void whatIsNestedTooDeepIsRefusedBothWays() {
        assertThatThrownBy(() -> read("[".repeat(100_000))).isInstanceOf(BadMessageException.class);
        List<Object> deep = List.of();
        for (int i = 0; i < 100_000; i++) {
            deep = List.of(deep);
        }
        List<Object> tooDeep = deep;
        assertThatThrownBy(() -> KombuJson.write(tooDeep)).isInstanceOf(IllegalArgumentException.class);
    }
}
