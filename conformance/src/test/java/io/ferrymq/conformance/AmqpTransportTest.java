package io.ferrymq.conformance;

import io.ferrymq.client.TransportContract;
import io.ferrymq.client.transport.Transport;
import java.net.URI;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The client's transport over the network. */
class AmqpTransportTest extends TransportContract {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    @Override
    protected Transport open() {
        return Transport.open(URI.create(BROKER.uri()));
    }
}
