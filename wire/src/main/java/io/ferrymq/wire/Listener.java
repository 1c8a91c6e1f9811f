package io.ferrymq.wire;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/**
 * An open listening socket.
 *
 * <p>Thread contract: any thread but a lane.
 */
public final class Listener implements AutoCloseable {
    private final Channel channel;

    Listener(Channel channel) {
        this.channel = channel;
    }

    /** The bound address, with the real port. */
    public InetSocketAddress localAddress() {
        return SocketAddresses.plain(channel.localAddress());
    }

    /** The bound port; the real one if a free one was asked for. */
    public int port() {
        return localAddress().getPort();
    }

    /** Stops accepting; returns when the address is free again. Open connections are not touched. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }
}
