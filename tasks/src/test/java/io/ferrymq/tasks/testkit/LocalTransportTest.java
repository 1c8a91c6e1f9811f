package io.ferrymq.tasks.testkit;

import io.ferrymq.client.TransportContract;
import io.ferrymq.client.transport.Transport;
import java.time.Clock;

/** The transport of the test kit. */
final class LocalTransportTest extends TransportContract {
    private final LocalBroker broker = new LocalBroker(Clock.systemUTC());

    @Override
    protected Transport open() {
        return broker.open();
    }
}
