package io.ferrymq.client.amqp;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportProvider;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Connects to {@code amqp://user:password@host:port/vhost} and, with TLS, {@code amqps://…}. No path, or {@code /} alone, is
 * the virtual host {@code /}. With TLS the broker's certificate and name are checked, as the JVM's default context does, or
 * against the authorities that the URI names: see {@link UriParameters}.
 */
public final class AmqpProvider implements TransportProvider {
    private static final int CONNECT_MILLIS_MAX = 10_000;
    private static final int ANSWER_MILLIS_MAX = 60_000;
    private static final int HEARTBEAT_SECONDS = 10;

    @Override
    public Set<String> schemes() {
        return Set.of("amqp", "amqps");
    }

    @Override
    public Transport open(URI uri) {
        return AmqpTransport.open(factory(uri), uri.getHost() + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    }

    private static ConnectionFactory factory(URI uri) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            UriParameters parameters = UriParameters.of(uri);
            factory.setUri(address(uri));
            factory.setRequestedHeartbeat(parameters.heartbeatSeconds(HEARTBEAT_SECONDS));
            if (uri.getScheme().equalsIgnoreCase("amqps")) {
                Optional<String> authorities = parameters.authoritiesFile();
                factory.useSslProtocol(authorities.isPresent() ? trusting(authorities.get()) : SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException | GeneralSecurityException | IllegalArgumentException e) {
            throw new DisconnectedException("the URI cannot be used: " + e.getMessage(), e);
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(CONNECT_MILLIS_MAX);
        factory.setHandshakeTimeout(CONNECT_MILLIS_MAX);
        factory.setChannelRpcTimeout(ANSWER_MILLIS_MAX);
        factory.setThreadFactory(AmqpProvider::daemon);
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable cause) {
                // A lost connection is found again, and whoever waits is told otherwise.
            }
        });
        return factory;
    }

    /** The URI without its parameters, and without a path that is only the slash that people end addresses with. */
    private static String address(URI uri) {
        String text = uri.toString();
        int query = text.indexOf('?');
        String address = query < 0 ? text : text.substring(0, query);
        return "/".equals(uri.getPath()) ? address.substring(0, address.length() - 1) : address;
    }

    private static SSLContext trusting(String file) {
        try {
            return Authorities.in(Path.of(file));
        } catch (IOException | GeneralSecurityException | InvalidPathException e) {
            throw new DisconnectedException("the authorities' file " + file + " cannot be used: " + e, e);
        }
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "ferry-amqp");
        thread.setDaemon(true);
        return thread;
    }
}
