package io.ferrymq.broker.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.ferrymq.broker.RefusedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Who may, with octets that a fuzzer chooses: commands in the log, patterns, passwords and their hashes. */
class AccessOctetsFuzz {
    @FuzzTest
    void commandsAreReadAsTheyAreWritten(byte[] octets) {
        ByteBuf once = Unpooled.buffer();
        try {
            AccessCommand.decode(Unpooled.wrappedBuffer(octets)).encode(once);
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return;
        }
        ByteBuf twice = Unpooled.buffer();
        AccessCommand.decode(once.duplicate()).encode(twice);
        assertThat(twice).isEqualTo(once);
    }

    /** The octets are a pattern and, behind a line feed, a name. */
    @FuzzTest
    void patternsAnswerOrAreRefused(byte[] octets) {
        String[] texts = new String(octets, StandardCharsets.UTF_8).split("\n", 2);
        String name = texts.length == 1 ? "amq.gen-name" : texts[1];
        try {
            NamePattern.requireValid(texts[0]);
            TopicPattern.requireValid(texts[0]);
        } catch (RefusedException refused) {
            assertThat(new NamePattern(texts[0]).matches(name + "x")).isIn(true, false);
            return;
        }
        NamePattern pattern = new NamePattern(texts[0]);
        assertThat(pattern.matches(name)).isEqualTo(pattern.matches(name));
        Map<String, String> variables = Map.of("username", name, "vhost", "/");
        TopicPattern topic = new TopicPattern(texts[0]);
        assertThat(topic.matches(name, variables)).isEqualTo(topic.matches(name, variables));
    }

    /** The first octet chooses the algorithm; the rest is a hash as definitions have it, and a password. */
    @FuzzTest
    void hashesAreReadOrRefused(byte[] octets) {
        HashingAlgorithm[] algorithms = HashingAlgorithm.values();
        HashingAlgorithm algorithm = algorithms[octets.length == 0 ? 0 : (octets[0] & 0xFF) % algorithms.length];
        byte[] rest = octets.length == 0 ? octets : Arrays.copyOfRange(octets, 1, octets.length);
        byte[] salt = Arrays.copyOf(rest, PasswordHash.SALT_BYTES);
        PasswordHash made = PasswordHash.of(algorithm, salt, rest);
        assertThat(made.matches(rest)).isEqualTo(rest.length > 0);
        assertThat(PasswordHash.ofBase64(algorithm, made.toBase64()).matches(rest))
                .isEqualTo(rest.length > 0);
        PasswordHash read;
        try {
            read = PasswordHash.ofBase64(algorithm, new String(rest, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException refused) {
            return;
        }
        assertThat(read.matches(new byte[0])).isFalse();
        assertThat(read.matches("guess".getBytes(StandardCharsets.UTF_8))).isFalse();
    }
}
