package io.ferrymq.wire;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

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

    /**
     * Looks whether the address could be listened on now, and lets go of it at once: so that an operator learns of a port
     * in use before a long recovery and not after it.
     *
     * @throws ListenerException if the address cannot be bound
     */
    public static void requireFree(ListenerOptions options) throws ListenerException {
        var _ = BindAddresses.first(options, address -> {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(address, 1);
            }
            return address;
        });
    }

    /** The bound address, with the real port. */
    public InetSocketAddress localAddress() {
        return SocketAddresses.plain(channel.localAddress());
    }

    /** The bound port; the real one if a free one was asked for. */
    public int port() {
        return localAddress().getPort();
    }

    /** Stops accepting. Open connections are not touched. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }
}
