package io.ferrymq.server;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/**
 * A throw-away authority and what it signs: {@code ca.pem}, {@code server.pem} and {@code server.key}, {@code client.pem}
 * and {@code client.key}. The authority's key is not kept.
 *
 * <p>Thread contract: one thread.
 */
final class CertificateFiles {
    private static final Duration VALIDITY = Duration.ofDays(825);
    private static final int SERIAL_BITS = 127;
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

    private record Signed(X509Certificate certificate, KeyPair keys) {}

    private final Path directory;
    private final Instant now;
    private final SecureRandom random = new SecureRandom();
    /** No two have the same name, so that a peer may trust several. */
    private final X500Name authority = name("FerryMQ trial authority " + Long.toHexString(random.nextLong()));

    CertificateFiles(Path directory, Clock clock) {
        this.directory = directory;
        this.now = clock.instant();
    }

    /**
     * Writes all five files.
     *
     * @param serverNames names and addresses under which clients reach the server
     * @param clientName common name of the client's certificate
     * @throws IOException if a file cannot be written
     */
    void write(List<String> serverNames, String clientName) throws IOException {
        try {
            KeyPair authorityKeys = newKeys();
            Signed ca = new Signed(
                    sign(builder(authority, authority, authorityKeys, null, List.of()), authorityKeys), authorityKeys);
            Signed server = issue(ca, serverNames.getFirst(), KeyPurposeId.id_kp_serverAuth, serverNames);
            Signed client = issue(ca, clientName, KeyPurposeId.id_kp_clientAuth, List.of());
            Files.createDirectories(directory);
            writePem("ca.pem", ca.certificate());
            writePair("server", server);
            writePair("client", client);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("this JDK cannot make an EC certificate", e);
        }
    }

    private Signed issue(Signed ca, String commonName, KeyPurposeId purpose, List<String> names)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPair keys = newKeys();
        return new Signed(sign(builder(authority, name(commonName), keys, purpose, names), ca.keys()), keys);
    }

    private JcaX509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, KeyPair keys, @Nullable KeyPurposeId purpose, List<String> names)
            throws IOException {
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                issuer,
                new BigInteger(SERIAL_BITS, random),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(VALIDITY)),
                subject,
                keys.getPublic());
        boolean isAuthority = purpose == null;
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(isAuthority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
        if (purpose != null) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        }
        if (!names.isEmpty()) {
            GeneralName[] alternatives =
                    names.stream().map(CertificateFiles::alternative).toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(alternatives));
        }
        return builder;
    }

    private static GeneralName alternative(String name) {
        boolean isAddress = ADDRESS.matcher(name).matches();
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, name);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder().addRDN(BCStyle.CN, commonName).build();
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return generator.generateKeyPair();
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair issuer)
            throws OperatorCreationException, GeneralSecurityException {
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.getPrivate())));
    }

    private void writePair(String name, Signed signed) throws IOException {
        writePem(name + ".pem", signed.certificate());
        Path key = directory.resolve(name + ".key");
        Files.deleteIfExists(key);
        if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        writePem(name + ".key", new JcaPKCS8Generator(signed.keys().getPrivate(), null));
    }

    private void writePem(String file, Object content) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(content);
        }
        Files.writeString(directory.resolve(file), text.toString());
    }
}
