package io.ferrymq.client;

import io.ferrymq.client.transport.Transport;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.Nested;

/** All contracts with the broker at {@code -Dcontracts.uri}: to be run by its name, in a process and a Java of its own. */
public class ContractsOverAmqp {
    private static String uri() {
        return Objects.requireNonNull(System.getProperty("contracts.uri"), "-Dcontracts.uri");
    }

    @Nested
    class Queues extends MessageQueueContract {
        @Override
        protected Ferry open() {
            return Ferry.open(uri());
        }
    }

    @Nested
    class Subscriptions extends SubscriptionContract {
        @Override
        protected Ferry open() {
            return Ferry.open(uri());
        }
    }

    @Nested
    class Transports extends TransportContract {
        @Override
        protected Transport open() {
            return Transport.open(URI.create(uri()));
        }
    }
}
