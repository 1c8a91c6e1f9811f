package io.ferrymq.wire;

import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A transport with one lane and one plain listener on a free port of the loopback, for tests with real sockets. */
class SocketFixture {
    final RecordingProtocol protocol = new RecordingProtocol("P");
    final Transport transport;
    final Listener listener;

    SocketFixture(IoBackend backend, int connectionsMax) throws ListenerException {
        transport = Transport.open(TransportOptions.standard(connectionsMax), backend);
        listener = transport.listen(ListenerOptions.at("127.0.0.1", 0), List.of(protocol));
    }

    @AfterEach
    void stop() {
        transport.close();
    }
}
