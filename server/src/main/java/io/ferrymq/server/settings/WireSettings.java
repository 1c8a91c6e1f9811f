package io.ferrymq.server.settings;

import io.ferrymq.wire.ClientVerification;
import io.ferrymq.wire.ListenerOptions;
import io.ferrymq.wire.TlsOptions;
import io.ferrymq.wire.TransportOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Fills the options of {@code io.ferrymq.wire}.
 *
 * <p>Thread contract: stateless.
 */
public final class WireSettings {
    /** Unread bytes beyond one whole frame: what arrives with it before the protocol has had a look. */
    private static final int UNREAD_BYTES_BEYOND_FRAME = 1 << 20;

    /** As many messages of the largest size may be on their way in or out at once. */
    private static final long CONTENTS_BY_MESSAGE_BYTES = 2;

    /** For smaller ones beside them. */
    private static final long CONTENTS_BYTES_MIN = 32 << 20;

    /** Of the memory outside the heap that may be filled; what is left is for the log. */
    private static final int SOCKETS_PERCENT = 80;
    /** This part of the heap is for connections themselves, encrypted ones above all. */
    private static final int OBJECTS_HEAP_DIVISOR = 4;

    /** The one loop serves the sockets and owns the broker's state: see decision 0006. */
    private static final int LOOPS = 1;

    private WireSettings() {}

    /** Lanes and the connection limit. */
    public static TransportOptions transport(Settings settings) {
        return new TransportOptions(
                LOOPS,
                settings.get(Keys.LIMITS_CONNECTIONS),
                settings.get(Keys.MEMORY_SOCKETS_BYTES),
                CONTENTS_BYTES_MIN + CONTENTS_BY_MESSAGE_BYTES * settings.get(Keys.LIMITS_MESSAGE_BYTES),
                BrokerSettings.broker(settings).directBytesMax() / 100 * SOCKETS_PERCENT,
                Runtime.getRuntime().maxMemory() / OBJECTS_HEAP_DIVISOR);
    }

    /** The listener for AMQP on this port. */
    public static ListenerOptions amqpListener(Settings settings, Key<Integer> port) {
        return ListenerOptions.at(settings.get(Keys.AMQP_HOST), settings.get(port))
                .withHandshakeTimeoutMillis(settings.get(Keys.HANDSHAKE_TIMEOUT_MS))
                .withUnreadBytesMax(settings.get(Keys.LIMITS_FRAME_BYTES).intValue() + UNREAD_BYTES_BEYOND_FRAME)
                .withProxyHeader(settings.get(Keys.AMQP_PROXY_HEADER));
    }

    /**
     * TLS, if a certificate is set.
     *
     * @throws SettingsException if the keys do not go together
     */
    public static Optional<TlsOptions> tls(Settings settings) throws SettingsException {
        Optional<Path> certificate = settings.find(Keys.TLS_CERTIFICATE);
        if (certificate.isEmpty()) {
            if (settings.find(Keys.TLS_KEY).isPresent()) {
                throw new SettingsException("tls.key is set, but tls.certificate is not; set both");
            }
            return Optional.empty();
        }
        Path key = settings.find(Keys.TLS_KEY)
                .orElseThrow(() -> new SettingsException("tls.certificate is set, but tls.key is not; set both"));
        ClientVerification verification = settings.get(Keys.TLS_VERIFY);
        List<Path> trusted = settings.find(Keys.TLS_CA).stream().toList();
        if (verification != ClientVerification.NONE && trusted.isEmpty()) {
            throw new SettingsException("tls.verify is set, but tls.ca is not; set it to the clients' authorities");
        }
        return Optional.of(new TlsOptions(certificate.get(), key, trusted, verification));
    }
}
