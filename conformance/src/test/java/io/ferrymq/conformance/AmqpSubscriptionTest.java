package io.ferrymq.conformance;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.SubscriptionContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client's handlers, streams and requests over the network. */
class AmqpSubscriptionTest extends SubscriptionContract {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Override
    protected Ferry open() {
        return Ferry.open(BROKER.uri());
    }
}
