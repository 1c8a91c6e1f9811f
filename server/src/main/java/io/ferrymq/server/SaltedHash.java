package io.ferrymq.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * A password's hash as RabbitMQ writes it ({@code rabbit_password_hashing_sha256}), in Base64:
 *
 * <pre>
 * 0      4                            36
 * | salt | SHA-256(salt ‖ UTF-8 text) |
 * </pre>
 */
final class SaltedHash {
    private static final int SALT_BYTES = 4;

    private SaltedHash() {}

    static String of(String password, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        MessageDigest sha256 = sha256();
        sha256.update(salt);
        byte[] digest = sha256.digest(password.getBytes(StandardCharsets.UTF_8));
        byte[] both = new byte[SALT_BYTES + digest.length];
        System.arraycopy(salt, 0, both, 0, SALT_BYTES);
        System.arraycopy(digest, 0, both, SALT_BYTES, digest.length);
        return Base64.getEncoder().encodeToString(both);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
