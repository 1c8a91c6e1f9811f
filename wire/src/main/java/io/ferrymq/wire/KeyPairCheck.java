package io.ferrymq.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a private key is that of a certificate, by a signature: otherwise every handshake would fail.
 *
 * <p>Thread contract: stateless.
 */
final class KeyPairCheck {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final byte[] SAMPLE = {1, 2, 3, 4, 5, 6, 7, 8};

    private KeyPairCheck() {}

    /** Throws if the key does not belong to the certificate. A kind of key that signs in no known way is let pass. */
    static void require(TlsOptions options, X509Certificate certificate) throws TlsException {
        PublicKey shown = certificate.getPublicKey();
        Optional<String> algorithm = signatureOf(shown.getAlgorithm());
        try {
            Matcher pem = KEY.matcher(Files.readString(options.key()));
            if (algorithm.isPresent() && pem.find() && !isPair(shown, pem.group(1), algorithm.get())) {
                throw mismatch(options, certificate, null);
            }
        } catch (IOException | GeneralSecurityException e) {
            throw mismatch(options, certificate, e);
        }
    }

    private static boolean isPair(PublicKey shown, String base64, String algorithm) throws GeneralSecurityException {
        byte[] encoded = Base64.getMimeDecoder().decode(base64);
        PrivateKey key = KeyFactory.getInstance(shown.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        Signature signing = Signature.getInstance(algorithm);
        signing.initSign(key);
        signing.update(SAMPLE);
        byte[] signature = signing.sign();
        Signature verifying = Signature.getInstance(algorithm);
        verifying.initVerify(shown);
        verifying.update(SAMPLE);
        return verifying.verify(signature);
    }

    private static Optional<String> signatureOf(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> Optional.of("SHA256withRSA");
            case "EC" -> Optional.of("SHA256withECDSA");
            case "DSA" -> Optional.of("SHA256withDSA");
            case "EdDSA", "Ed25519", "Ed448" -> Optional.of("EdDSA");
            default -> Optional.empty();
        };
    }

    private static TlsException mismatch(TlsOptions options, X509Certificate certificate, @Nullable Throwable cause) {
        return new TlsException(
                "the private key %s does not belong to the certificate %s of %s"
                        .formatted(options.key(), options.certificate(), certificate.getSubjectX500Principal()),
                cause);
    }
}
