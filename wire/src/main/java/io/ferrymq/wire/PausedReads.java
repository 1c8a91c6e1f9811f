package io.ferrymq.wire;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Keeps the socket from being read while that is paused. TLS by itself asks for more whenever it has not made anything of
 * what it got, although what it got may be waiting for another turn.
 *
 * <p>Thread contract: on the lanes of the channels; no state of its own.
 */
@Sharable
final class PausedReads extends ChannelOutboundHandlerAdapter {
    static final PausedReads INSTANCE = new PausedReads();

    private PausedReads() {}

    /** The end of a pause reads by itself. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead()) {
            context.read();
        }
    }
}
