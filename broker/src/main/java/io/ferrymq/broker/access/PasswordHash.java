package io.ferrymq.broker.access;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A password, hashed as RabbitMQ does it: four bytes of salt, then the hash of salt and password. Immutable; shows
 * itself to nobody.
 */
public final class PasswordHash {
    /** Bytes of salt. */
    public static final int SALT_BYTES = 4;

    /** Matches no password: for users who prove themselves otherwise. */
    public static final PasswordHash NONE = new PasswordHash(HashingAlgorithm.SHA256, new byte[0]);

    private final HashingAlgorithm algorithm;
    private final byte[] saltedHash;

    private PasswordHash(HashingAlgorithm algorithm, byte[] saltedHash) {
        this.algorithm = algorithm;
        this.saltedHash = saltedHash;
    }

    /**
     * Hashes a password.
     *
     * @param salt {@link #SALT_BYTES} unpredictable bytes
     * @param password UTF-8; if empty, the hash matches nothing
     */
    public static PasswordHash of(HashingAlgorithm algorithm, byte[] salt, byte[] password) {
        if (salt.length != SALT_BYTES) {
            throw new IllegalArgumentException("a salt of " + salt.length + " bytes");
        }
        return password.length == 0 ? NONE : new PasswordHash(algorithm, concat(salt, algorithm.hash(salt, password)));
    }

    /**
     * Takes over a hash made elsewhere, such as one from RabbitMQ's definitions.
     *
     * @throws IllegalArgumentException if the text is not Base64
     */
    public static PasswordHash ofBase64(HashingAlgorithm algorithm, String text) {
        return ofBytes(algorithm, Base64.getDecoder().decode(text));
    }

    static PasswordHash ofBytes(HashingAlgorithm algorithm, byte[] saltedHash) {
        return saltedHash.length == 0 ? NONE : new PasswordHash(algorithm, saltedHash.clone());
    }

    public HashingAlgorithm algorithm() {
        return algorithm;
    }

    /** Salt and hash, for definitions; empty for {@link #NONE}. */
    public String toBase64() {
        return Base64.getEncoder().encodeToString(saltedHash);
    }

    byte[] toBytes() {
        return saltedHash.clone();
    }

    /** Whether this is the hash of {@code password}; takes the same time for any. An empty password never matches. */
    public boolean matches(byte[] password) {
        boolean complete = saltedHash.length > SALT_BYTES;
        byte[] salt = Arrays.copyOf(saltedHash, SALT_BYTES);
        byte[] expected = complete ? Arrays.copyOfRange(saltedHash, SALT_BYTES, saltedHash.length) : new byte[0];
        boolean equal = MessageDigest.isEqual(expected, algorithm.hash(salt, password));
        return equal && password.length > 0;
    }

    private static byte[] concat(byte[] salt, byte[] hash) {
        byte[] joined = Arrays.copyOf(salt, salt.length + hash.length);
        System.arraycopy(hash, 0, joined, salt.length, hash.length);
        return joined;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PasswordHash hash
                && algorithm == hash.algorithm
                && MessageDigest.isEqual(saltedHash, hash.saltedHash);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(saltedHash);
    }

    @Override
    public String toString() {
        return saltedHash.length == 0 ? "no password" : "a password";
    }
}
