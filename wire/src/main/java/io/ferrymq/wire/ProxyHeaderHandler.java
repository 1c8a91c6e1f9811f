package io.ferrymq.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import java.net.InetSocketAddress;

/**
 * Takes a connection's addresses from its PROXY header, then leaves.
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
        // A proxy that checks the broker's health names no addresses.
        if (header.sourceAddress() != null && header.destinationAddress() != null) {
            connection.proxied(
                    SocketAddresses.plain(new InetSocketAddress(header.sourceAddress(), header.sourcePort())),
                    SocketAddresses.plain(
                            new InetSocketAddress(header.destinationAddress(), header.destinationPort())));
        }
        context.pipeline().remove(this);
        connection.prologueDone();
    }
}
