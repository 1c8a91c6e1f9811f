package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
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
    private final ConnectionMemory memory;
    private final UnsentBytes unsent;
    private final List<OwnAlarm> alarms = new ArrayList<>(2);
    private final Runnable offerUnread;
    private final ConnectionFaults faults;
    private final Runnable flushNow;
    private final Runnable resumeNow;
    private InetSocketAddress remoteAddress;
    private InetSocketAddress localAddress;
    private @Nullable SslHandler tls;
    private boolean open = true;
    private boolean paused;
    private boolean heldUp;
    /** What is unread waits for another turn. */
    private boolean resting;

    private boolean resumeIsQueued;
    private boolean flushIsQueued;
    private long lastReadMillis;
    private long lastContentMillis;
    private long lastWriteMillis;

    /** {@code offerUnread} gives the unread bytes to the protocol, {@code eased} tells it that the peer takes bytes again. */
    ChannelConnection(
            Channel channel,
            Lane lane,
            ConnectionMemory memory,
            ListenerOptions options,
            ConnectionFaults faults,
            Runnable offerUnread,
            Runnable eased) {
        this.channel = channel;
        this.lane = lane;
        this.memory = memory;
        this.faults = faults;
        this.flushNow = faults.guarded(this::flushQueued);
        this.resumeNow = faults.guarded(this::resumeQueued);
        this.unsent = new UnsentBytes(
                channel, lane, memory, faults, options.lowWaterBytes(), options.highWaterBytes(), eased);
        this.end = new ConnectionEnd(channel, lane, faults);
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

    boolean isEncrypted() {
        return tls != null;
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
            unsent.write(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public void write(ByteSource bytes) {
        assert lane.inLane();
        if (open) {
            unsent.write(bytes);
        } else {
            bytes.release();
        }
    }

    @Override
    public void flush() {
        assert lane.inLane();
        lastWriteMillis = lane.nowMillis();
        unsent.flush();
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
        return unsent.bytes();
    }

    @Override
    public long bytesBeforeUnwritable() {
        return unsent.room();
    }

    @Override
    public boolean isWritable() {
        return unsent.room() > 0;
    }

    @Override
    public boolean isMemoryScarce() {
        return memory.isScarce();
    }

    @Override
    public void hold(long bytes) {
        assert lane.inLane();
        memory.content(bytes);
        if (bytes > 0) {
            lastContentMillis = lane.nowMillis();
        }
    }

    /** When the protocol last had more of a message that has not arrived in full. */
    long lastContentMillis() {
        return lastContentMillis;
    }

    @Override
    public long heldBytes() {
        return memory.heldBytes();
    }

    /** Whether most of what this connection holds waits for its peer to read. */
    boolean holdsUnsent() {
        return memory.unsentBytes() > memory.heldBytes() / 2;
    }

    long sendProgressMillis() {
        return unsent.progressMillis();
    }

    @Override
    public void pauseReading() {
        assert lane.inLane();
        paused = true;
        channel.config().setAutoRead(false);
    }

    /** Reads nothing more while all connections together hold too much; unlike a pause the protocol does not know of it. */
    void holdUp() {
        if (open && !heldUp) {
            heldUp = true;
            channel.config().setAutoRead(false);
        }
    }

    void letGoOn() {
        if (heldUp) {
            heldUp = false;
            readNow();
            queueResume();
        }
    }

    @Override
    public void resumeReading() {
        assert lane.inLane();
        paused = false;
        queueResume();
    }

    private void queueResume() {
        if (!resumeIsQueued) {
            resumeIsQueued = true;
            lane.reads().addFresh(resumeNow);
        }
    }

    @Override
    public boolean spend(long units) {
        assert lane.inLane();
        lane.reads().spend(units);
        return !lane.reads().isGoOver();
    }

    /** Reads nothing more, and offers what is unread when a turn has room for it. */
    void restBefore() {
        if (rests()) {
            lane.reads().addFresh(resumeNow);
        }
    }

    /** As {@link #restBefore}, and lets others go first. */
    void restAfter() {
        if (rests()) {
            lane.reads().addGreedy(resumeNow);
        }
    }

    /**
     * More has come while the connection rests: now the socket waits, too. Not before, since most rest for less than a
     * turn, and to tell the system costs as much as a message does.
     */
    void restFromReading() {
        if (resting) {
            channel.config().setAutoRead(false);
        }
    }

    /** Begins to rest; whether it has to be queued for its end. */
    private boolean rests() {
        if (!open || resting) {
            return false;
        }
        resting = true;
        if (isEncrypted()) {
            // What has come is not shown before it is decrypted, and it is not decrypted meanwhile.
            channel.config().setAutoRead(false);
        }
        boolean queued = resumeIsQueued;
        resumeIsQueued = true;
        return !queued;
    }

    private void resumeQueued() {
        resumeIsQueued = false;
        if (resting) {
            resting = false;
            readNow();
        }
        if (open && !paused) {
            offerUnread.run();
        }
        if (!paused && !heldUp && !resting) {
            channel.config().setAutoRead(true);
        }
    }

    @Override
    public boolean isReadingPaused() {
        return paused || resting || heldUp;
    }

    /** Whether the protocol has paused reading. */
    boolean isPaused() {
        return paused;
    }

    /** Whether the protocol is to be given what has been read; it is while memory is exhausted, since that frees some. */
    boolean isOffered() {
        return !paused && !resting;
    }

    /** Whether more is read from the peer. */
    boolean isRead() {
        return !isReadingPaused();
    }

    @Override
    public long lastReadMillis() {
        return lastReadMillis;
    }

    /** The peer has sent something, or was not listened to: what was not heard of it meanwhile is not its silence. */
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
            heldUp = false;
            resting = false;
            channel.config().setAutoRead(true);
            end.close(unsent, tls != null);
        }
    }

    @Override
    public void closeNow() {
        assert lane.inLane();
        open = false;
        unsent.release();
        end.drop();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    void ended() {
        open = false;
        unsent.release();
        memory.ended();
        alarms.forEach(OwnAlarm::cancelWaiting);
        alarms.clear();
        end.ended();
    }

    @Override
    public Lane.Alarm schedule(long delayMillis, Runnable task) {
        OwnAlarm alarm = new OwnAlarm(task);
        if (channel.isOpen()) {
            alarms.add(alarm);
            alarm.waiting = lane.schedule(delayMillis, alarm);
        }
        return alarm;
    }

    /** An alarm that is taken back when the connection ends: until its time it would keep all of it in memory. */
    private final class OwnAlarm implements Lane.Alarm, Runnable {
        private final Runnable task;
        private Lane.@Nullable Alarm waiting;

        OwnAlarm(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            alarms.remove(this);
            if (open) {
                faults.run(task);
            }
        }

        @Override
        public void cancel() {
            if (alarms.remove(this)) {
                cancelWaiting();
            }
        }

        void cancelWaiting() {
            if (waiting != null) {
                waiting.cancel();
            }
        }
    }

    @Override
    public Runnable guarded(Runnable task) {
        return faults.guarded(task);
    }
}
