package io.ferrymq.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;

/**
 * Reads the PROXY header, and counts what it keeps of one that has not arrived in full: the whole buffer that its beginning
 * was read into.
 *
 * <p>Thread contract: on the connection's lane only.
 */
final class CountedProxyDecoder extends HAProxyMessageDecoder {
    /** What may follow the addresses in a PROXY header: proxies send less than 1 KiB, and it comes before any login. */
    private static final int TLV_BYTES_MAX = 4_096;

    private final ConnectionMemory memory;

    CountedProxyDecoder(ConnectionMemory memory) {
        super(TLV_BYTES_MAX);
        this.memory = memory;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        super.channelReadComplete(context);
        if (context.channel().isActive()) {
            memory.undecrypted(internalBuffer().capacity());
        }
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
        super.handlerRemoved0(context);
        memory.undecrypted(0);
    }
}
