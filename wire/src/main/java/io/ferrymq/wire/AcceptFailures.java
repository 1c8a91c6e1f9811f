package io.ferrymq.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when a listener cannot accept: the process has no descriptor left, or the system no memory. Connections stay
 * in the backlog, and it tries again a second later.
 *
 * <p>Thread contract: on the listener's lane only.
 */
final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(AcceptFailures.class);
    private static final int PAUSE_MILLIS = 1_000;

    private final Transport transport;

    AcceptFailures(Transport transport) {
        this.transport = transport;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        log.warn("{}: cannot accept for {} ms: {}", context.channel().localAddress(), PAUSE_MILLIS, error.toString());
        context.channel().config().setAutoRead(false);
        var _ = transport
                .laneOf(context.channel().eventLoop())
                .schedule(PAUSE_MILLIS, () -> context.channel().config().setAutoRead(true));
    }
}
