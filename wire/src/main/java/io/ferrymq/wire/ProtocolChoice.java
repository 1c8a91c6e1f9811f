package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * The first handler of a connection on a listener with several protocols: it reads the first bytes, consumes none and
 * gives its place to the protocol that knows them.
 *
 * <p>Thread contract: as every {@link ByteHandler}.
 *
 * <p>Transitions, on the answers of the selectors in the listener's order:
 *
 * <pre>
 * any YES                        the first protocol that says so takes the connection
 * no YES, at least one NEED_MORE wait for more bytes, until the handshake time-out
 * all NO                         the listener's first protocol refuses, the connection closes
 * </pre>
 */
final class ProtocolChoice implements ByteHandler {
    private final List<ProtocolBinding> protocols;
    private final ConnectionHandler connection;

    ProtocolChoice(List<ProtocolBinding> protocols, ConnectionHandler connection) {
        this.protocols = protocols;
        this.connection = connection;
    }

    @Override
    public void received(ByteBuf bytes) {
        boolean anyNeedsMore = false;
        for (ProtocolBinding protocol : protocols) {
            switch (protocol.selector().examine(bytes)) {
                case YES -> {
                    connection.choose(protocol);
                    return;
                }
                case NEED_MORE -> anyNeedsMore = true;
                case NO -> {}
            }
        }
        if (!anyNeedsMore) {
            connection.refuse(protocols.getFirst());
        }
    }

    @Override
    public void shutdown() {
        connection.connection().closeNow();
    }

    @Override
    public void closed(CloseCause cause) {
        // Nobody was told of this connection yet.
    }
}
