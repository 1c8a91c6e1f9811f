package io.ferrymq.wire;

import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one listener does with each socket that it accepts.
 *
 * <p>Thread contract: called on the lane of the socket; immutable.
 *
 * <p>Inbound order: PROXY header, TLS, {@link ConnectionHandler}.
 */
final class AcceptedConnections extends ChannelInitializer<Channel> {
    private final Transport transport;
    private final ListenerOptions options;
    private final List<ProtocolBinding> protocols;
    private final @Nullable TlsContext tls;

    AcceptedConnections(
            Transport transport, ListenerOptions options, List<ProtocolBinding> protocols, @Nullable TlsContext tls) {
        this.transport = transport;
        this.options = options;
        this.protocols = List.copyOf(protocols);
        this.tls = tls;
    }

    @Override
    protected void initChannel(Channel channel) {
        UnreadBytes unread = new UnreadBytes();
        ConnectionMemory memory = transport.newConnectionMemory();
        ConnectionHandler handler = new ConnectionHandler(
                channel, transport.laneOf(channel.eventLoop()), unread, memory, options, protocols);
        CountedSslHandler ssl = tls == null ? null : tls.newHandler(channel.alloc(), handler.connection(), memory);
        if (ssl != null) {
            handler.encryptedBy(ssl);
        }
        ConnectionRegistry registry = transport.registry();
        if (!registry.tryEnter(handler)) {
            var _ = channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> registry.leave(handler));
        assemble(channel, unread, memory, handler, ssl);
    }

    private void assemble(
            Channel channel,
            UnreadBytes unread,
            ConnectionMemory memory,
            ConnectionHandler handler,
            @Nullable CountedSslHandler ssl) {
        boolean bytesAreTheProtocols = !addPrologue(channel, handler, options, ssl);
        channel.config()
                .setRecvByteBufAllocator(
                        bytesAreTheProtocols ? new ReadSizing(unread, memory) : ReadSizing.encrypted());
        channel.pipeline().addLast(handler);
    }

    /** What comes before the protocol's own bytes; false if nothing does. */
    static boolean addPrologue(
            Channel channel, ConnectionHandler handler, ListenerOptions options, @Nullable CountedSslHandler ssl) {
        ChannelPipeline pipeline = channel.pipeline();
        boolean proxied = options.proxyHeader() == ProxyHeader.REQUIRED;
        if (proxied) {
            pipeline.addLast(new CountedProxyDecoder(handler.memory()), new ProxyHeaderHandler(handler));
        }
        if (ssl != null) {
            ssl.setHandshakeTimeoutMillis(options.handshakeTimeoutMillis());
            pipeline.addLast(PausedReads.INSTANCE, ssl);
        }
        return proxied || ssl != null;
    }
}
