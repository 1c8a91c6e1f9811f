package io.ferrymq.wire;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;

/**
 * A listener's certificate, key and trust, loaded and checked; on the JDK's TLS.
 *
 * <p>Thread contract: immutable after loading.
 */
public final class TlsContext {
    /** Those that every client knows and that cost the least: finite fields take ten times as long, before any login. */
    private static final String[] GROUPS = {"x25519", "secp256r1", "secp384r1"};

    private static final Duration SOON = Duration.ofDays(14);

    private final SslContext context;
    private final TlsOptions options;
    private final X509Certificate certificate;

    private TlsContext(SslContext context, TlsOptions options, X509Certificate certificate) {
        this.context = context;
        this.options = options;
        this.certificate = certificate;
    }

    /**
     * Reads the files.
     *
     * @throws TlsException if one is missing, unreadable or not what it should be
     */
    public static TlsContext load(TlsOptions options) throws TlsException {
        if (options.verification() != ClientVerification.NONE
                && options.trusted().isEmpty()) {
            throw new TlsException("client certificates are asked for, but there is no certificate to trust", null);
        }
        List<X509Certificate> chain = certificates(options.certificate());
        requireReadable(options.key(), "key");
        List<X509Certificate> trusted = new ArrayList<>();
        for (Path file : options.trusted()) {
            trusted.addAll(certificates(file));
        }
        SslContext built = build(options, chain, trusted);
        KeyPairCheck.require(options, chain.getFirst());
        return new TlsContext(built, options, chain.getFirst());
    }

    /** What is wrong, or soon will be, with the time for which the certificate is valid. */
    public Optional<String> complaint(Instant now) {
        Instant from = certificate.getNotBefore().toInstant();
        Instant to = certificate.getNotAfter().toInstant();
        String which = options.certificate() + " of " + certificate.getSubjectX500Principal();
        if (now.isBefore(from)) {
            return Optional.of(
                    "the certificate " + which + " is not valid before " + from + ": clients will refuse it");
        }
        if (now.isAfter(to)) {
            return Optional.of("the certificate " + which + " has expired at " + to + ": clients will refuse it");
        }
        boolean isSoon = now.plus(SOON).isAfter(to);
        return isSoon ? Optional.of("the certificate " + which + " expires at " + to) : Optional.empty();
    }

    CountedSslHandler newHandler(ByteBufAllocator allocator, ChannelConnection connection, ConnectionMemory memory) {
        SSLEngine engine = context.newEngine(allocator);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setNamedGroups(GROUPS);
        engine.setSSLParameters(parameters);
        return new CountedSslHandler(engine, connection, memory);
    }

    private static SslContext build(TlsOptions options, List<X509Certificate> chain, List<X509Certificate> trusted)
            throws TlsException {
        try (InputStream key = Files.newInputStream(options.key());
                InputStream certificate = Files.newInputStream(options.certificate())) {
            SslContextBuilder builder = SslContextBuilder.forServer(certificate, key)
                    .sslProvider(SslProvider.JDK)
                    .clientAuth(clientAuth(options.verification()));
            if (!trusted.isEmpty()) {
                builder.trustManager(trusted);
            }
            return builder.build();
        } catch (IllegalArgumentException | IOException e) {
            throw new TlsException(
                    "%s is not an unencrypted PEM private key (PKCS #8) for the certificate %s of %s"
                            .formatted(
                                    options.key(),
                                    options.certificate(),
                                    chain.getFirst().getSubjectX500Principal()),
                    e);
        }
    }

    private static ClientAuth clientAuth(ClientVerification verification) {
        return switch (verification) {
            case NONE -> ClientAuth.NONE;
            case REQUEST -> ClientAuth.OPTIONAL;
            case REQUIRE -> ClientAuth.REQUIRE;
        };
    }

    private static List<X509Certificate> certificates(Path file) throws TlsException {
        requireReadable(file, "certificate");
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> found = new ArrayList<>();
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                found.add((X509Certificate) certificate);
            }
            if (found.isEmpty()) {
                throw new TlsException(file + " holds no PEM certificate", null);
            }
            return found;
        } catch (CertificateException | IOException e) {
            throw new TlsException(file + " is not a PEM certificate", e);
        }
    }

    private static void requireReadable(Path file, String what) throws TlsException {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new TlsException("cannot read the TLS " + what + " file " + file.toAbsolutePath(), null);
        }
    }
}
