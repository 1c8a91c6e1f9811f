package io.ferrymq.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;

/**
 * TLS of one connection, which counts what it keeps of a record that has not arrived in full: the whole buffer that its
 * beginning was read into.
 *
 * <p>Thread contract: on the connection's lane only.
 */
final class CountedSslHandler extends SslHandler {
    private final ConnectionMemory memory;

    CountedSslHandler(SSLEngine engine, ConnectionMemory memory) {
        super(engine);
        this.memory = memory;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (context.channel().isActive()) {
            memory.undecrypted(internalBuffer().capacity());
        }
    }
}
