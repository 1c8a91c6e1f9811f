package io.ferrymq.client.amqp;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportProvider;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Connects to {@code amqp://user:password@host:port/vhost} and, with TLS, {@code amqps://…}. No path, or {@code /} alone, is
 * the virtual host {@code /}. With TLS the broker's certificate and name are checked, as the JVM's default context does.
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
        String text = uri.toString();
        try {
            factory.setUri("/".equals(uri.getPath()) ? text.substring(0, text.length() - 1) : text);
            if (uri.getScheme().equalsIgnoreCase("amqps")) {
                factory.useSslProtocol(SSLContext.getDefault());
                factory.enableHostnameVerification();
            }
        } catch (URISyntaxException | GeneralSecurityException e) {
            throw new DisconnectedException("the URI cannot be used: " + e.getMessage(), e);
        }
        factory.setAutomaticRecoveryEnabled(false);
        factory.setTopologyRecoveryEnabled(false);
        factory.setConnectionTimeout(CONNECT_MILLIS_MAX);
        factory.setHandshakeTimeout(CONNECT_MILLIS_MAX);
        factory.setChannelRpcTimeout(ANSWER_MILLIS_MAX);
        factory.setRequestedHeartbeat(HEARTBEAT_SECONDS);
        factory.setThreadFactory(AmqpProvider::daemon);
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable cause) {
                // A lost connection is found again, and whoever waits is told otherwise.
            }
        });
        return factory;
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "ferry-amqp");
        thread.setDaemon(true);
        return thread;
    }
}
