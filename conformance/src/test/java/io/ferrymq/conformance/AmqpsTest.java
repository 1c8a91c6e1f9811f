package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.MessageQueueContract;
import io.ferrymq.client.Received;
import io.ferrymq.client.SubscriptionContract;
import io.ferrymq.client.transport.DisconnectedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The client through TLS, with a broker whose certificate nobody else knows. */
@DisabledIfSystemProperty(
        named = "amqp.uri",
        matches = ".+",
        disabledReason = "a given broker is not ours to configure")
class AmqpsTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    private static Path directory = Path.of("");

    private static Certificates certificates = new Certificates(directory);
    private static BrokerProcess broker;

    @BeforeAll
    static void start() {
        certificates = Certificates.in(directory);
        broker = certificates.broker();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static String uri(String host, int port, String parameters) {
        return "amqps://guest:guest@" + host + ":" + port + "/" + parameters;
    }

    private static String uri(String parameters) {
        return uri("localhost", broker.tlsPort(), parameters);
    }

    private static String trusting(Path authority) {
        return uri("?ca=" + authority.toUri().getRawPath());
    }

    @Nested
    class Queues extends MessageQueueContract {
        @Override
        protected Ferry open() {
            return Ferry.open(trusting(certificates.authority()));
        }
    }

    @Nested
    class Subscriptions extends SubscriptionContract {
        @Override
        protected Ferry open() {
            return Ferry.open(trusting(certificates.authority()));
        }
    }

    @Test
    @Timeout(300)
    void findsABrokerAgainThatWasKilled(@TempDir Path other) throws InterruptedException {
        try (BrokerProcess killed = Certificates.in(other).broker();
                Relay relay = Relay.to("127.0.0.1", killed.tlsPort());
                Ferry ferry = Ferry.open(uri("localhost", relay.port(), "?ca=" + other.resolve("ca.pem")))) {
            MessageQueue<Integer> queue = ferry.queue("numbers", Integer.class);
            queue.put(1);
            killed.kill();
            killed.startAgain();
            relay.leadTo("127.0.0.1", killed.tlsPort());
            queue.put(2);
            assertThat(queue.poll(LONG).map(Received::value)).contains(1);
            assertThat(queue.poll(LONG).map(Received::value)).contains(2);
        }
    }

    @Test
    void doesNotTrustAnAuthorityThatItWasNotTold() {
        assertThatThrownBy(() -> Ferry.open(uri("")))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("SSLHandshakeException");
    }

    @Test
    void doesNotTrustAnotherAuthority(@TempDir Path other) {
        Path authority = Certificates.in(other).authority();
        assertThatThrownBy(() -> Ferry.open(trusting(authority)))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("SSLHandshakeException");
    }

    @Test
    void doesNotTrustABrokerOfAnotherName() throws IOException {
        // The certificate is for localhost and 127.0.0.1.
        try (Relay relay = Relay.at(InetAddress.getByName("127.0.0.2"), "127.0.0.1", broker.tlsPort())) {
            String elsewhere = uri("127.0.0.2", relay.port(), "?ca=" + certificates.authority());
            assertThatThrownBy(() -> Ferry.open(elsewhere))
                    .isInstanceOf(DisconnectedException.class)
                    .hasMessageContaining("127.0.0.2");
        }
    }

    @Test
    void namesAFileOfAuthoritiesThatItCannotUse(@TempDir Path other) throws IOException {
        Path text = Files.writeString(other.resolve("text with spaces+.pem"), "no certificate");
        assertThatThrownBy(() -> Ferry.open(trusting(text)))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining(text.toString());
        assertThatThrownBy(() -> Ferry.open(trusting(other.resolve("missing.pem"))))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("missing.pem");
        Path nothing = Files.createFile(other.resolve("nothing.pem"));
        assertThatThrownBy(() -> Ferry.open(trusting(nothing)))
                .isInstanceOf(DisconnectedException.class)
                .hasMessageContaining("no certificate");
    }

    @Test
    void refusesParametersThatMeanNothing() {
        String plain = URI.create(broker.uri()) + "/";
        for (String uri : new String[] {
            plain + "?ca=" + certificates.authority(),
            plain + "?cafile=x",
            plain + "?heartbeat=0",
            plain + "?heartbeat=soon",
            plain + "?heartbeat=99999999999",
            plain + "?"
        }) {
            assertThatThrownBy(() -> Ferry.open(uri))
                    .as(uri)
                    .isInstanceOf(DisconnectedException.class)
                    .hasMessageStartingWith("the URI cannot be used");
        }
    }
}
