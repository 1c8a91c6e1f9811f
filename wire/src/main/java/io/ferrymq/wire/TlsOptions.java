package io.ferrymq.wire;

import java.nio.file.Path;
import java.util.List;

/**
 * Files of a TLS listener, all PEM.
 *
 * @param certificate the server's certificate, followed by those between it and the root
 * @param key its private key, PKCS #8, without a password
 * @param trusted certificates that a client's must go back to; may be empty if none is asked for
 * @param verification what is wanted of the client's certificate
 */
public record TlsOptions(Path certificate, Path key, List<Path> trusted, ClientVerification verification) {
    /** Copies the list. */
    public TlsOptions {
        trusted = List.copyOf(trusted);
    }

    /** TLS that asks for no client certificate. */
    public static TlsOptions server(Path certificate, Path key) {
        return new TlsOptions(certificate, key, List.of(), ClientVerification.NONE);
    }

    /** The same with client certificates. */
    public TlsOptions withClients(ClientVerification wanted, Path... trustedCertificates) {
        return new TlsOptions(certificate, key, List.of(trustedCertificates), wanted);
    }
}
