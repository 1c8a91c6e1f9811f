package io.ferrymq.broker.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PasswordHashTest {
    private static final byte[] SALT = {(byte) 0x90, (byte) 0x8D, (byte) 0xC6, 0x0A};

    /** The worked example of RabbitMQ's guide to passwords. */
    private static final String EXAMPLE = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";

    @Test
    void hashesAsRabbitMqDoes() {
        PasswordHash hash = PasswordHash.of(HashingAlgorithm.SHA256, SALT, utf8("test12"));

        assertThat(hash.toBase64()).isEqualTo(EXAMPLE);
    }

    @Test
    void takesOverHashesOfRabbitMq() {
        PasswordHash hash = PasswordHash.ofBase64(HashingAlgorithm.SHA256, EXAMPLE);

        assertThat(hash.matches(utf8("test12"))).isTrue();
        assertThat(hash.matches(utf8("test13"))).isFalse();
        assertThat(hash).isEqualTo(PasswordHash.of(HashingAlgorithm.SHA256, SALT, utf8("test12")));
    }

    @ParameterizedTest
    @EnumSource
    void matchesThePasswordItWasMadeFrom(HashingAlgorithm algorithm) {
        PasswordHash hash = PasswordHash.of(algorithm, SALT, utf8("pässword"));

        assertThat(hash.matches(utf8("pässword"))).isTrue();
        assertThat(hash.matches(utf8("password"))).isFalse();
        assertThat(HashingAlgorithm.of(algorithm.wireName())).hasValue(algorithm);
    }

    @ParameterizedTest
    @EnumSource
    void neverMatchesAnEmptyPassword(HashingAlgorithm algorithm) {
        PasswordHash ofNothing = PasswordHash.of(algorithm, SALT, new byte[0]);
        byte[] forged = Arrays.copyOf(SALT, 4 + algorithm.hash(SALT, new byte[0]).length);
        System.arraycopy(algorithm.hash(SALT, new byte[0]), 0, forged, 4, forged.length - 4);

        assertThat(ofNothing.matches(new byte[0])).isFalse();
        assertThat(PasswordHash.ofBytes(algorithm, forged).matches(new byte[0])).isFalse();
    }

    @Test
    void noHashMatchesNothing() {
        assertThat(PasswordHash.NONE.matches(utf8("x"))).isFalse();
        assertThat(PasswordHash.ofBase64(HashingAlgorithm.SHA256, "").matches(utf8("x")))
                .isFalse();
        assertThat(PasswordHash.ofBase64(HashingAlgorithm.SHA256, "AAAA").matches(utf8("x")))
                .isFalse();
        assertThat(PasswordHash.NONE.toBase64()).isEmpty();
    }

    @Test
    void refusesWhatIsNotBase64() {
        assertThatIllegalArgumentException().isThrownBy(() -> PasswordHash.ofBase64(HashingAlgorithm.SHA256, "!"));
    }

    @Test
    void showsItselfToNobody() {
        User user = new User("u", PasswordHash.ofBase64(HashingAlgorithm.SHA256, EXAMPLE), List.of());

        assertThat(new AccessCommand.UserPut(user).toString())
                .doesNotContain(EXAMPLE)
                .contains("a password");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
