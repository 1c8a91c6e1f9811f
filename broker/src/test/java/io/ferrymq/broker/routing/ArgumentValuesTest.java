package io.ferrymq.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ArgumentValuesTest {
    @Test
    void integersCompareByValueWhateverTheirWidth() {
        Object[] ones = {(byte) 1, (short) 1, 1, 1L};
        for (Object one : ones) {
            for (Object other : ones) {
                assertThat(ArgumentValues.same(one, other)).isTrue();
            }
            assertThat(ArgumentValues.same(one, 2L)).isFalse();
            assertThat(ArgumentValues.same(one, 1.0)).isFalse();
            assertThat(ArgumentValues.same(one, "1")).isFalse();
            assertThat(ArgumentValues.same(one, true)).isFalse();
            assertThat(ArgumentValues.same(one, null)).isFalse();
        }
        assertThat(ArgumentValues.same(0x1_0000_0001L, 1)).isFalse();
    }

    @Test
    void floatingPointNumbersCompareByValueWhateverTheirWidth() {
        assertThat(ArgumentValues.same(1.5f, 1.5)).isTrue();
        assertThat(ArgumentValues.same(1.5, 1.5f)).isTrue();
        assertThat(ArgumentValues.same(0.1f, 0.1)).isFalse();
        assertThat(ArgumentValues.same(Double.NaN, Double.NaN)).isTrue();
    }

    @Test
    void decimalsCompareByValue() {
        assertThat(ArgumentValues.same(new BigDecimal("1.0"), new BigDecimal("1.00")))
                .isTrue();
        assertThat(ArgumentValues.same(new BigDecimal("1"), 1)).isFalse();
    }

    @Test
    void bytesCompareByContent() {
        assertThat(ArgumentValues.same(new byte[] {1}, new byte[] {1})).isTrue();
        assertThat(ArgumentValues.same(new byte[] {1}, new byte[] {2})).isFalse();
        assertThat(ArgumentValues.same(new byte[] {49}, "1")).isFalse();
    }

    @Test
    void listsAndTablesCompareElementByElement() {
        assertThat(ArgumentValues.same(List.of(1, "a"), List.of(1L, "a"))).isTrue();
        assertThat(ArgumentValues.same(List.of(1, "a"), List.of("a", 1))).isFalse();
        assertThat(ArgumentValues.same(List.of(1), List.of(1, 1))).isFalse();
        assertThat(ArgumentValues.same(Map.of("k", 1, "l", 2), Map.of("l", 2L, "k", (short) 1)))
                .isTrue();
        assertThat(ArgumentValues.same(Map.of("k", 1), Map.of("l", 1))).isFalse();
    }

    @Test
    void aNullValueIsNotAnAbsentOne() {
        Map<String, @Nullable Object> withNull = new HashMap<>();
        withNull.put("k", null);

        assertThat(ArgumentValues.sameTables(withNull, Map.of("l", 1))).isFalse();
        assertThat(ArgumentValues.sameTables(withNull, new HashMap<>(withNull))).isTrue();
        assertThat(ArgumentValues.same(null, null)).isTrue();
    }

    @Test
    void otherValuesCompareAsJavaDoes() {
        assertThat(ArgumentValues.same(Instant.EPOCH, Instant.EPOCH)).isTrue();
        assertThat(ArgumentValues.same(true, true)).isTrue();
        assertThat(ArgumentValues.same("a", "b")).isFalse();
    }
}
