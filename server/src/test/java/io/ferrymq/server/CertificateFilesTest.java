package io.ferrymq.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.wire.ClientVerification;
import io.ferrymq.wire.TlsContext;
import io.ferrymq.wire.TlsOptions;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateFilesTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Assigned by JUnit.
    private Path dir;

    @BeforeEach
    void write() throws Exception {
        new CertificateFiles(dir, Clock.systemUTC()).write(List.of("localhost", "127.0.0.1", "::1", "ferry"), "guest");
    }

    @Test
    void signsTheServersAndTheClientsCertificate() throws Exception {
        X509Certificate ca = certificate("ca.pem");
        X509Certificate server = certificate("server.pem");
        X509Certificate client = certificate("client.pem");
        server.verify(ca.getPublicKey());
        client.verify(ca.getPublicKey());
        assertThat(client.getSubjectX500Principal().getName()).isEqualTo("CN=guest");
        assertThat(server.getSubjectAlternativeNames())
                .extracting(name -> String.valueOf(name.get(1)))
                .containsExactly("localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "ferry");
    }

    @Test
    void suitsAListenerThatVerifiesClients() throws Exception {
        TlsOptions options = TlsOptions.server(dir.resolve("server.pem"), dir.resolve("server.key"))
                .withClients(ClientVerification.REQUIRE, dir.resolve("ca.pem"));
        assertThat(TlsContext.load(options)).isNotNull();
    }

    @Test
    void keepsTheKeysToTheirOwner() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve("server.key"))))
                .isEqualTo("rw-------");
    }

    private X509Certificate certificate(String file) throws Exception {
        try (InputStream in = Files.newInputStream(dir.resolve(file))) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
