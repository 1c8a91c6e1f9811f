package io.ferrymq.tasks.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PythonReprTest {
    @Test
    void looksAsInPython() {
        assertThat(PythonRepr.ofTuple(List.of())).isEqualTo("()");
        assertThat(PythonRepr.ofTuple(List.of(1))).isEqualTo("(1,)");
        assertThat(PythonRepr.ofTuple(Arrays.asList(null, true, 0.5, "it's", "\"'\n")))
                .isEqualTo("(None, True, 0.5, \"it's\", '\"\\'\\n')");
        assertThat(PythonRepr.of(Map.of("a", List.of(1, 2)))).isEqualTo("{'a': [1, 2]}");
    }

    @Test
    void isCutWhenItIsLong() {
        assertThat(PythonRepr.of("x".repeat(1 << 20)))
                .hasSize(PythonRepr.CHARS_MAX)
                .endsWith("...");
        assertThat(PythonRepr.of(Collections.nCopies(1 << 20, 1))).hasSize(PythonRepr.CHARS_MAX);
    }

    @Test
    void endsEvenIfAValueHoldsItself() {
        List<Object> endless = new ArrayList<>();
        endless.add(endless);
        assertThat(PythonRepr.of(endless)).isEqualTo("[[[[[[[[[...]]]]]]]]]");
    }
}
