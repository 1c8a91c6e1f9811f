package io.ferrymq.conformance;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueueContract;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client's queues over the network. */
class AmqpQueueTest extends MessageQueueContract {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Override
    protected Ferry open() {
        return Ferry.open(BROKER.uri());
    }
}
