package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A connection without a socket: the wire's own code on a channel in memory, with a clock that stands still until it is
 * moved. Protocol modules test their sessions on it.
 *
 * <p>Thread contract: the test's thread is the lane.
 */
public final class EmbeddedConnection implements AutoCloseable {
    private final MockTicker clock = Ticker.newMockTicker();
    private final EmbeddedChannel channel;
    private final HeldBytes contents = HeldBytes.unbounded();
    private final ConnectionHandler handler;

    /** A channel whose peer is on this machine. */
    private static final class LocalChannel extends EmbeddedChannel {
        LocalChannel(Builder builder) {
            super(builder);
        }

        @Override
        protected SocketAddress localAddress0() {
            return isActive() ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 5672) : super.localAddress0();
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return isActive()
                    ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 49_152)
                    : super.remoteAddress0();
        }
    }

    private EmbeddedConnection(ListenerOptions options, @Nullable TlsContext tls, List<ProtocolBinding> protocols) {
        this.channel = new LocalChannel(EmbeddedChannel.builder().ticker(clock));
        ConnectionMemory memory = new ConnectionMemory(
                HeldBytes.unbounded(), contents, HeldBytes.unbounded(), new PinnedMemory(contents));
        this.handler = new ConnectionHandler(
                channel, new Lane(channel.eventLoop()), new UnreadBytes(), memory, options, protocols);
        CountedSslHandler ssl = tls == null ? null : tls.newHandler(channel.alloc(), handler.connection(), memory);
        if (ssl != null) {
            handler.encryptedBy(ssl);
        }
        AcceptedConnections.addPrologue(channel, handler, options, ssl);
        channel.pipeline().addLast(handler);
        // The channel was active before the handler came.
        handler.channelActive(channel.pipeline().context(handler));
    }

    /** A connection to a listener with these protocols and the usual limits. */
    public static EmbeddedConnection open(ProtocolBinding... protocols) {
        return open(ListenerOptions.at("127.0.0.1", 5672), protocols);
    }

    /** A connection to a listener with these options and protocols. */
    public static EmbeddedConnection open(ListenerOptions options, ProtocolBinding... protocols) {
        return new EmbeddedConnection(options, null, List.of(protocols));
    }

    /** A connection to a listener with TLS. */
    static EmbeddedConnection encrypted(TlsContext tls, ProtocolBinding... protocols) {
        return new EmbeddedConnection(ListenerOptions.at("127.0.0.1", 5671), tls, List.of(protocols));
    }

    /** The connection as the protocol sees it. */
    public Connection connection() {
        return handler.connection();
    }

    /** What the protocol holds of messages that are not complete. */
    public long contentBytes() {
        return contents.bytes();
    }

    /** Bytes arrive, as one read burst. */
    public void receive(byte[] bytes) {
        receive(Unpooled.copiedBuffer(bytes));
    }

    /** Bytes arrive, as one read burst; ownership passes. */
    public void receive(ByteBuf bytes) {
        channel.writeInbound(bytes);
        channel.runPendingTasks();
    }

    /** Bytes arrive, and nothing of what waits on the lane runs; inside {@link #inOneTurn}. */
    public void arrive(byte[] bytes) {
        channel.pipeline().fireChannelRead(Unpooled.copiedBuffer(bytes)).fireChannelReadComplete();
    }

    /** Runs the task in a turn of the lane; what it asks for later comes after it. */
    public void inOneTurn(Runnable task) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        channel.eventLoop().execute(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        });
        channel.runPendingTasks();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    /** Whether anything was flushed since the last call of {@link #sent}. */
    public boolean hasSent() {
        return !channel.outboundMessages().isEmpty();
    }

    /** What was flushed since the last call. */
    public byte[] sent() {
        channel.runPendingTasks();
        ByteBuf all = Unpooled.buffer();
        for (ByteBuf next = channel.readOutbound(); next != null; next = channel.readOutbound()) {
            all.writeBytes(next);
            next.release();
        }
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    /** Lets time pass: what is due runs. */
    public void advanceMillis(long millis) {
        clock.advance(millis, TimeUnit.MILLISECONDS);
        channel.runPendingTasks();
        channel.runScheduledPendingTasks();
    }

    /** Whether anything waits on the lane for its time. */
    public boolean hasAlarms() {
        return channel.runScheduledPendingTasks() != -1;
    }

    /** All connections together hold too much, and this one the most. */
    public void endOverLimit(String why) {
        handler.endOverLimit(why);
        channel.runPendingTasks();
    }

    /** All connections together hold too much: reads nothing more of this one. */
    public void holdUp() {
        handler.connection().holdUp();
    }

    /** There is room for everybody again. */
    public void relieve() {
        handler.relieved();
        channel.runPendingTasks();
    }

    /** Runs what waits on the lane. */
    public void runTasks() {
        channel.runPendingTasks();
    }

    /** The broker stops: the protocol takes leave. */
    public void shutdown() {
        handler.shutdown();
        channel.runPendingTasks();
    }

    /** The peer ends its stream. */
    public void endByPeer() {
        channel.close().syncUninterruptibly();
    }

    /** An error of the socket, such as a reset. */
    public void fail(Throwable error) {
        channel.pipeline().fireExceptionCaught(error);
        channel.runPendingTasks();
    }

    /** Whether the socket would be closed by now. */
    public boolean isClosed() {
        channel.runPendingTasks();
        return !channel.isOpen();
    }

    /** Drops the connection and all bytes. */
    @Override
    public void close() {
        channel.finishAndReleaseAll();
    }
}
