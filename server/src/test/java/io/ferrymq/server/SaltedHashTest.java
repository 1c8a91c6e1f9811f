package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class SaltedHashTest {
    @Test
    void isTheSaltAndTheDigestOfSaltAndPassword() throws Exception {
        byte[] hash = Base64.getDecoder().decode(SaltedHash.of("pässword", new SecureRandom()));
        assertThat(hash).hasSize(36);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(hash, 0, 4);
        assertThat(sha256.digest("pässword".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Arrays.copyOfRange(hash, 4, 36));
    }

    @Test
    void isNeverTheSameTwice() {
        assertThat(SaltedHash.of("a", new SecureRandom())).isNotEqualTo(SaltedHash.of("a", new SecureRandom()));
    }
}
