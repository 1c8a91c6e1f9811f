package io.ferrymq.broker.access;

import static io.ferrymq.broker.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.ferrymq.broker.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
    @ParameterizedTest
    @CsvSource({
        "'.*', anything, true",
        "'.*', '', true",
        "'', x, false",
        "'', '', true",
        "'^$', x, false",
        "'^orders', orders.new, true",
        "'^orders', my.orders, false",
        "'orders', my.orders.new, true",
        "'^(a|b)$', b, true",
        "'^(a|b)$', ab, false",
        "'amq\\.default', amq.default, true"
    })
    void matchesAnyPartOfAName(String pattern, String name, boolean matches) {
        NamePattern compiled = new NamePattern(pattern);

        assertThat(compiled.matches(name)).isEqualTo(matches);
        assertThat(compiled.matches(name)).as("the kept answer").isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"(x+x+)+y", "^(a+)+$", "^(a|aa)+$", "(.*)*(.*)*(.*)*b", "((a*)*)*b"})
    void givesUpOnPatternsThatTakeForEver(String pattern) {
        assertThat(new NamePattern(pattern).matches("xa".repeat(100) + "a".repeat(55)))
                .isFalse();
        assertThat(new NamePattern(pattern).matches("x".repeat(254) + "!")).isFalse();
        assertThat(new NamePattern(pattern).matches("a".repeat(254) + "!")).isFalse();
    }

    @Test
    void deniesNamesThatAreTooLong() {
        assertThat(new NamePattern("^a").matches("a".repeat(255))).isTrue();
        assertThat(new NamePattern("^a").matches("a".repeat(256))).isFalse();
    }

    @Test
    void anAnswerForManyNamesStaysRight() {
        NamePattern pattern = new NamePattern("^q1");
        for (int i = 0; i < 5_000; i++) {
            assertThat(pattern.matches("q" + i)).isEqualTo(String.valueOf(i).startsWith("1"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[a", "*", "a{2,1}", "((a{999}){999}){999}", "a{0,999999999}{0,99}"})
    void refusesWhatIsNoRegularExpressionOrTooMuch(String text) {
        assertThat(refusal(() -> NamePattern.requireValid(text)))
                .isInstanceOf(Refusal.InvalidText.class)
                .extracting("what", "text")
                .containsExactly("pattern", text);
        assertThat(new NamePattern(text).matches("a")).isFalse();
    }

    @Test
    void refusesPatternsThatAreTooLong() {
        assertThatNoException().isThrownBy(() -> NamePattern.requireValid("a".repeat(1024)));
        assertThat(refusal(() -> NamePattern.requireValid("a".repeat(1025))))
                .extracting("why")
                .isEqualTo("longer than 1024 characters");
    }
}
