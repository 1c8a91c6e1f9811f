package io.ferrymq.wire;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
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
        var _ = BindAddresses.first(options, Listener::probe);
    }

    private static InetSocketAddress probe(InetSocketAddress address) throws IOException {
        if (address.isUnresolved()) {
            throw new UnknownHostException(address.getHostString());
        }
        ProtocolFamily family = BindAddresses.familyOf(address).toJdkFamily();
        try (ServerSocketChannel probe = ServerSocketChannel.open(family)) {
            probe.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            probe.bind(address, 1);
            return address;
        } catch (UnsupportedOperationException e) {
            throw new IOException("this machine has no " + family, e);
        }
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
