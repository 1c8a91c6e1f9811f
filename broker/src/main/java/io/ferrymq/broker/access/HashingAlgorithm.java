package io.ferrymq.broker.access;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** How passwords are hashed; RabbitMQ's algorithms. */
public enum HashingAlgorithm {
    /** Of RabbitMQ before 3.6; for hashes that come from there, and for no new ones. */
    MD5("rabbit_password_hashing_md5", "MD5"),
    SHA256("rabbit_password_hashing_sha256", "SHA-256"),
    SHA512("rabbit_password_hashing_sha512", "SHA-512");

    private final String wireName;
    private final String digestName;

    HashingAlgorithm(String wireName, String digestName) {
        this.wireName = wireName;
        this.digestName = digestName;
    }

    /** The name in definitions and in the management API. */
    public String wireName() {
        return wireName;
    }

    public static Optional<HashingAlgorithm> of(String wireName) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.wireName.equals(wireName))
                .findFirst();
    }

    byte[] hash(byte[] salt, byte[] password) {
        try {
            MessageDigest digest = MessageDigest.getInstance(digestName);
            digest.update(salt);
            return digest.digest(password);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has " + digestName, e);
        }
    }
}
