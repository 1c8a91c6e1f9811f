package io.ferrymq.broker.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Octets of clients and the texts that stand for them. */
final class OctetsProperties {
    @Property
    void anyOctetsComeBackAsTheyWere(@ForAll("octets") byte[] octets) {
        String text = Octets.decode(octets);
        assertThat(Octets.encode(text)).isEqualTo(octets);
        assertThat(Octets.length(text)).isEqualTo(octets.length);
        assertThat(text.length()).isLessThanOrEqualTo(octets.length);
        assertThat(Octets.decode(Unpooled.wrappedBuffer(octets), 0, octets.length))
                .isEqualTo(text);
    }

    @Property
    void differentOctetsAreDifferentTexts(@ForAll("octets") byte[] one, @ForAll("octets") byte[] other) {
        assertThat(Octets.decode(one).equals(Octets.decode(other))).isEqualTo(Arrays.equals(one, other));
    }

    @Property
    void textIsItsUtf8(@ForAll("texts") String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        assertThat(Octets.encode(text)).isEqualTo(utf8);
        assertThat(Octets.decode(utf8)).isEqualTo(text);
        assertThat(Octets.hasEscapes(text)).isFalse();
        assertThat(Octets.length(text)).isEqualTo(utf8.length);
    }

    /** Octets near the borders of UTF-8: continuations, the leads of all lengths, surrogates, and a sent U+FFFD. */
    @Provide
    Arbitrary<byte[]> octets() {
        return Arbitraries.of(
                        (byte) 'a',
                        (byte) '.',
                        (byte) 0x80,
                        (byte) 0xA0,
                        (byte) 0xBD,
                        (byte) 0xBF,
                        (byte) 0xC2,
                        (byte) 0xC3,
                        (byte) 0xE0,
                        (byte) 0xED,
                        (byte) 0xEF,
                        (byte) 0xF0,
                        (byte) 0xF4,
                        (byte) 0xFF)
                .array(byte[].class)
                .ofMaxSize(12);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.of("a", "é", "\uFFFD", "\u20AC", "\uD83D\uDE00", "\uE000", "\uD7FF")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Example
    void aSurrogateInUtf8IsNoUtf8() {
        byte[] octets = {(byte) 0xED, (byte) 0xB2, (byte) 0x80};
        assertThat(Octets.decode(octets)).isEqualTo("\uDCED\uDCB2\uDC80");
    }
}
