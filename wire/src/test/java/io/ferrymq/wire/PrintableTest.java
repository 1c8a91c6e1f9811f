package io.ferrymq.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void leavesPlainTextAlone() {
        String text = "guest, Grüße, 日本, 😀, \\n";
        assertThat(Printable.of(text)).isEqualTo(text);
    }

    @Test
    void showsTheBeginningOfALongText() {
        assertThat(Printable.beginningOf("abc", 3)).isEqualTo("abc");
        assertThat(Printable.beginningOf("a\nb".repeat(100), 3)).isEqualTo("a\\nb... (300 characters)");
    }

    @Test
    void escapesWhatEndsALineOrReachesATerminal() {
        assertThat(Printable.of("a\nb\r\tc")).isEqualTo("a\\nb\\r\\tc");
        assertThat(Printable.of("\u001b[31m\u0000\u007f\u009b")).isEqualTo("\\u001b[31m\\u0000\\u007f\\u009b");
        assertThat(Printable.of("\u0085\u2028\u2029")).isEqualTo("\\u0085\\u2028\\u2029");
    }

    @Test
    void escapesWhatTurnsTheDirectionOfWritingOrIsNotSeen() {
        assertThat(Printable.of("\u202e\u2066\u200b\ufeff")).isEqualTo("\\u202e\\u2066\\u200b\\ufeff");
        assertThat(Printable.of("\ud800x")).isEqualTo("\\ud800x");
        assertThat(Printable.of("\udb40\udc41")).isEqualTo("\\udb40\\udc41");
    }
}
