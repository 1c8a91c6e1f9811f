package io.ferrymq.conformance;

import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import java.net.URISyntaxException;
import java.security.GeneralSecurityException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The broker that all tests of a class share: the one at {@code -Damqp.uri}, or one started for the class. */
final class RunningBroker implements BeforeAllCallback, AfterAllCallback {
    private static final @Nullable String GIVEN_URI = System.getProperty("amqp.uri");

    private @Nullable BrokerProcess process;

    @Override
    public void beforeAll(ExtensionContext context) {
        if (GIVEN_URI == null) {
            process = BrokerProcess.started();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (process != null) {
            process.close();
        }
    }

    String uri() {
        if (process != null) {
            return process.uri();
        }
        if (GIVEN_URI != null) {
            return GIVEN_URI;
        }
        throw new IllegalStateException("used outside of a test class");
    }

    /** A factory that connects to this broker, with the client's defaults otherwise. */
    ConnectionFactory connectionFactory() {
        return connectionFactory(uri());
    }

    /** The same for a broker that will be killed, which the client need not report. */
    static ConnectionFactory connectionFactoryExpectingCuts(String uri) {
        ConnectionFactory factory = connectionFactory(uri);
        factory.setExceptionHandler(new ForgivingExceptionHandler() {
            @Override
            protected void log(String message, Throwable cause) {
                // It is what the test is about.
            }
        });
        return factory;
    }

    static ConnectionFactory connectionFactory(String uri) {
        ConnectionFactory factory = new ConnectionFactory();
        try {
            factory.setUri(uri);
        } catch (URISyntaxException | GeneralSecurityException e) {
            throw new IllegalArgumentException(uri, e);
        }
        return factory;
    }
}
