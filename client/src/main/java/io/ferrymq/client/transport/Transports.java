package io.ferrymq.client.transport;

import java.net.URI;
import java.util.Iterator;
import java.util.Locale;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Finds the transport for a URI. Any thread. */
final class Transports {
    private static final String EMBEDDED = "io.ferrymq:ferrymq-embedded";
    private static final int EMBEDDED_JAVA_MIN = 25;

    private Transports() {}

    static Transport open(URI uri) {
        return provider(uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT))
                .open(uri);
    }

    private static TransportProvider provider(String scheme) {
        Throwable unusable = null;
        Iterator<TransportProvider> providers =
                ServiceLoader.load(TransportProvider.class, loader()).iterator();
        while (true) {
            try {
                if (!providers.hasNext()) {
                    throw missing(scheme, unusable);
                }
                TransportProvider provider = providers.next();
                if (provider.schemes().contains(scheme)) {
                    return provider;
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                // Classes for a newer Java are found and cannot be loaded; another provider may still do.
                unusable = e;
            }
        }
    }

    private static ClassLoader loader() {
        ClassLoader own = TransportProvider.class.getClassLoader();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return context == null ? own : context;
    }

    private static DisconnectedException missing(String scheme, @Nullable Throwable unusable) {
        if (!scheme.equals("memory") && !scheme.equals("file")) {
            return new DisconnectedException(
                    "no transport for '" + scheme + ":': known are memory:, file:, amqp: and amqps:", unusable);
        }
        if (Runtime.version().feature() < EMBEDDED_JAVA_MIN) {
            return new DisconnectedException(
                    "'" + scheme + ":' needs Java " + EMBEDDED_JAVA_MIN + " and the artifact " + EMBEDDED
                            + "; this is Java " + Runtime.version().feature(),
                    unusable);
        }
        return new DisconnectedException(
                "'" + scheme + ":' needs the artifact " + EMBEDDED + ", which is not on the class path", unusable);
    }
}
