package io.ferrymq.amqp091;

import io.ferrymq.wire.ByteHandler;
import io.ferrymq.wire.CloseCause;
import io.ferrymq.wire.Connection;
import io.ferrymq.wire.ProtocolBinding;
import io.ferrymq.wire.ProtocolSelector;
import io.netty.buffer.ByteBuf;
import java.util.List;

/** A protocol whose sessions are watched: what they throw is kept, where the wire would only log it and close. */
record WatchedProtocol(ProtocolBinding protocol, List<RuntimeException> escaped) implements ProtocolBinding {
    @Override
    public String name() {
        return protocol.name();
    }

    @Override
    public ProtocolSelector selector() {
        return protocol.selector();
    }

    @Override
    public void refuse(Connection connection) {
        protocol.refuse(connection);
    }

    @Override
    public ByteHandler open(Connection connection) {
        ByteHandler session = protocol.open(connection);
        return new ByteHandler() {
            @Override
            public void received(ByteBuf bytes) {
                watch(() -> session.received(bytes));
            }

            @Override
            public void readComplete() {
                watch(session::readComplete);
            }

            @Override
            public void writabilityChanged() {
                watch(session::writabilityChanged);
            }

            @Override
            public void overLimit(String why) {
                watch(() -> session.overLimit(why));
            }

            @Override
            public void shutdown() {
                watch(session::shutdown);
            }

            @Override
            public void closed(CloseCause cause) {
                watch(() -> session.closed(cause));
            }
        };
    }

    private void watch(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            escaped.add(e);
            throw e;
        }
    }
}
