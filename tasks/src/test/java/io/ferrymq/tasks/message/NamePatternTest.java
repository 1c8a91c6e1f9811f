package io.ferrymq.tasks.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamePatternTest {
    private static final String NAME = "celery@a-worker-with-a-rather-long-name.example.org";

    @Test
    void fitsWholeNames() {
        assertThat(NamePattern.ofGlob("celery@*").matches(NAME)).isTrue();
        assertThat(NamePattern.ofGlob("celery@a?worker*.org").matches(NAME)).isTrue();
        assertThat(NamePattern.ofGlob("celery").matches(NAME)).isFalse();
        assertThat(NamePattern.ofGlob("celery.*").matches(NAME)).isFalse();
        assertThat(NamePattern.of("(celery|other)@.+").matches(NAME)).isTrue();
        assertThat(NamePattern.of("celery").matches(NAME)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.+)+x", "(.*.*)*x", "((c|.)*)*\\1x", "(?:(?:a?){100}){100}"})
    void whatWouldTakeForEverIsNoMatch(String regex) {
        assertThat(NamePattern.of(regex).matches(NAME)).isFalse();
    }

    @Test
    void manyStarsTakeNoTime() {
        assertThat(NamePattern.ofGlob("*x".repeat(500)).matches(NAME)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "a{2,1}", "(){1000000000}", "((){1000}){1000}", "[", "\\"})
    void whatIsNoneIsABadMessage(String regex) {
        assertThatThrownBy(() -> NamePattern.of(regex)).isInstanceOf(BadMessageException.class);
    }

    @Test
    void whatIsTooLongIsABadMessage() {
        assertThatThrownBy(() -> NamePattern.of("(".repeat(100_000))).isInstanceOf(BadMessageException.class);
        assertThatThrownBy(() -> NamePattern.ofGlob("a".repeat(100_000))).isInstanceOf(BadMessageException.class);
    }
}
