package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection on a Netty channel: the outbound half, and the state of both.
 *
 * <p>Thread contract: on the connection's lane only.
 *
 * <pre>
 * open    -> closing  close: what is queued is flushed, the stream ended, what arrives is dropped
 * open    -> closed   closeNow, or the peer ends its stream, or an error
 * closing -> closed   the peer ends its stream, or takes too long ({@link ConnectionEnd})
 * </pre>
 */
final class ChannelConnection implements Connection {
    private final Channel channel;
    private final Lane lane;
    private final ConnectionEnd end;
    private final Runnable offerUnread;
    private final Runnable flushNow = this::flushQueued;
    private final Runnable resumeNow = this::resumeQueued;
    private InetSocketAddress remoteAddress;
    private InetSocketAddress localAddress;
    private @Nullable SslHandler tls;
    private boolean open = true;
    private boolean paused;
    private boolean resumeIsQueued;
    private boolean flushIsQueued;
    private long lastReadMillis;
    private long lastWriteMillis;

    /** {@code offerUnread} gives the unread bytes to the protocol. */
    ChannelConnection(Channel channel, Lane lane, Runnable offerUnread) {
        this.channel = channel;
        this.lane = lane;
        this.end = new ConnectionEnd(channel, lane);
        this.offerUnread = offerUnread;
        this.remoteAddress = SocketAddresses.plain(channel.remoteAddress());
        this.localAddress = SocketAddresses.plain(channel.localAddress());
        this.lastReadMillis = lane.nowMillis();
        this.lastWriteMillis = lastReadMillis;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return remoteAddress;
    }

    @Override
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    void proxied(InetSocketAddress source, InetSocketAddress destination) {
        remoteAddress = source;
        localAddress = destination;
    }

    void encryptedBy(SslHandler handler) {
        tls = handler;
    }

    @Override
    public Optional<SSLSession> tlsSession() {
        return Optional.ofNullable(tls).map(handler -> handler.engine().getSession());
    }

    @Override
    public Optional<X509Certificate> peerCertificate() {
        try {
            SslHandler handler = tls;
            return handler == null
                    ? Optional.empty()
                    : Optional.of(
                            (X509Certificate) handler.engine().getSession().getPeerCertificates()[0]);
        } catch (SSLPeerUnverifiedException e) {
            return Optional.empty();
        }
    }

    @Override
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    @Override
    public void write(ByteBuf bytes) {
        assert lane.inLane();
        if (open) {
            var _ = channel.write(bytes, channel.voidPromise());
        } else {
            bytes.release();
        }
    }

    @Override
    public void flush() {
        assert lane.inLane();
        lastWriteMillis = lane.nowMillis();
        channel.flush();
    }

    @Override
    public void flushAtTurnEnd() {
        assert lane.inLane();
        if (!flushIsQueued) {
            flushIsQueued = true;
            lane.atTurnEnd(flushNow);
        }
    }

    private void flushQueued() {
        flushIsQueued = false;
        flush();
    }

    @Override
    public long pendingOutboundBytes() {
        ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
        return pending == null ? 0 : pending.totalPendingWriteBytes();
    }

    @Override
    public long bytesBeforeUnwritable() {
        return channel.bytesBeforeUnwritable();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void pauseReading() {
        assert lane.inLane();
        paused = true;
        channel.config().setAutoRead(false);
    }

    @Override
    public void resumeReading() {
        assert lane.inLane();
        paused = false;
        if (!resumeIsQueued) {
            resumeIsQueued = true;
            lane.execute(resumeNow);
        }
    }

    private void resumeQueued() {
        resumeIsQueued = false;
        if (open && !paused) {
            offerUnread.run();
        }
        if (!paused) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public boolean isReadingPaused() {
        return paused;
    }

    @Override
    public long lastReadMillis() {
        return lastReadMillis;
    }

    void readNow() {
        lastReadMillis = lane.nowMillis();
    }

    @Override
    public long lastWriteMillis() {
        return lastWriteMillis;
    }

    @Override
    public void close() {
        assert lane.inLane();
        if (open) {
            open = false;
            paused = false;
            channel.config().setAutoRead(true);
            end.close(tls != null);
        }
    }

    @Override
    public void closeNow() {
        assert lane.inLane();
        open = false;
        end.drop();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    void ended() {
        open = false;
        end.ended();
    }

    @Override
    public Lane.Alarm schedule(long delayMillis, Runnable task) {
        return lane.schedule(delayMillis, () -> {
            if (open) {
                task.run();
            }
        });
    }
}
