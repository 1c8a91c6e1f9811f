package io.ferrymq.server;

import io.ferrymq.wire.ByteHandler;
import io.ferrymq.wire.Connection;
import io.ferrymq.wire.ProtocolBinding;
import io.ferrymq.wire.ProtocolSelector;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Makes the core that {@code start} runs. */
final class Assembly {
    private Assembly() {}

    static BrokerCore open(BrokerCore.Parts parts) {
        return new BrokerCore() {
            @Override
            public List<ProtocolBinding> protocols() {
                return List.of(new HeaderOnly());
            }

            @Override
            public void close() {}
        };
    }

    /** Answers every client with the protocol header that AMQP 0-9-1 section 4.2.2 wants of a server that cannot. */
    private static final class HeaderOnly implements ProtocolBinding {
        @Override
        public String name() {
            return "amqp";
        }

        @Override
        public ProtocolSelector selector() {
            return ProtocolSelector.startsWith("AMQP");
        }

        @Override
        public ByteHandler open(Connection connection) {
            refuse(connection);
            connection.close();
            return new Silent();
        }

        @Override
        public void refuse(Connection connection) {
            connection.write(Unpooled.wrappedBuffer("AMQP\0\0\11\1".getBytes(StandardCharsets.US_ASCII)));
        }
    }

    private static final class Silent implements ByteHandler {
        @Override
        public void received(io.netty.buffer.ByteBuf bytes) {
            bytes.skipBytes(bytes.readableBytes());
        }

        @Override
        public void shutdown() {}

        @Override
        public void closed(io.ferrymq.wire.CloseCause cause) {}
    }
}
