package io.ferrymq.conformance;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueueContract;
import io.ferrymq.client.SubscriptionContract;
import io.ferrymq.client.TransportContract;
import io.ferrymq.client.transport.Transport;
import java.net.URI;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client keeps its promises with RabbitMQ, too. */
class ClientOnRabbitMqTest {
    @RegisterExtension
    static final RabbitMqProcess RABBITMQ = new RabbitMqProcess();

    @Nested
    class Queues extends MessageQueueContract {
        @Override
        protected Ferry open() {
            return Ferry.open(RABBITMQ.uri());
        }
    }

    @Nested
    class Subscriptions extends SubscriptionContract {
        @Override
        protected Ferry open() {
            return Ferry.open(RABBITMQ.uri());
        }
    }

    @Nested
    class Transports extends TransportContract {
        @Override
        protected Transport open() {
            return Transport.open(URI.create(RABBITMQ.uri()));
        }
    }
}
