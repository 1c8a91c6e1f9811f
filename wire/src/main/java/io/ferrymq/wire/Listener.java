package io.ferrymq.wire;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;

/**
 * An open listening socket.
 *
 * <p>Thread contract: any thread but a lane.
 */
public final class Listener implements AutoCloseable {
    private final Channel channel;
    private final Lane lane;

    Listener(Channel channel, Lane lane) {
        this.channel = channel;
        this.lane = lane;
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

    /** Stops accepting; returns when the address is free again. Open connections are not touched. */
    @Override
    public void close() {
        channel.close().syncUninterruptibly();
        // The JDK's selector gives a closed socket back to the system only when it selects again: in the lane's next
        // turn.
        CompletableFuture<Void> nextTurn = new CompletableFuture<>();
        lane.execute(() -> lane.atTurnEnd(() -> lane.execute(() -> nextTurn.complete(null))));
        nextTurn.join();
    }
}
