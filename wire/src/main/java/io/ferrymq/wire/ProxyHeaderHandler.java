package io.ferrymq.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;

/**
 * Takes a connection's addresses from its PROXY header, if they are of TCP, then leaves.
 *
 * <p>Thread contract: on the connection's lane only.
 */
final class ProxyHeaderHandler extends SimpleChannelInboundHandler<HAProxyMessage> {
    private final ConnectionHandler connection;

    ProxyHeaderHandler(ConnectionHandler connection) {
        this.connection = connection;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HAProxyMessage header) {
        switch (header.proxiedProtocol()) {
            case TCP4, TCP6 -> take(header);
            // A proxy that checks the broker's health names no addresses, and the path of a socket is none.
            case UNKNOWN, UDP4, UDP6, UNIX_STREAM, UNIX_DGRAM -> {}
        }
        context.pipeline().remove(this);
        connection.prologueDone();
    }

    /** Takes both addresses or none; a text that is no address is not looked up. */
    private void take(HAProxyMessage header) {
        SocketAddresses.literal(header.sourceAddress(), header.sourcePort())
                .ifPresent(source -> SocketAddresses.literal(header.destinationAddress(), header.destinationPort())
                        .ifPresent(destination -> connection.proxied(source, destination)));
    }
}
