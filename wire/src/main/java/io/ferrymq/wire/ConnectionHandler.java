package io.ferrymq.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The inbound half of a connection: collects bytes, and gives them and all other news to the protocol.
 *
 * <p>Thread contract: on the connection's lane only.
 *
 * <pre>
 * prologue  -> choosing  the PROXY header and the TLS handshake are over, of which there may be none
 * choosing  -> served    the only protocol, or the one that knows the first bytes, was opened
 * prologue, choosing -> gone   nothing was chosen within the handshake time-out, or nothing fits
 * any       -> gone      the channel is inactive; the protocol is told once, if there is one
 * </pre>
 */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);
    private static final ClientLog clients = new ClientLog(log);

    private final ListenerOptions options;
    private final List<ProtocolBinding> protocols;
    private final UnreadBytes unread;
    private final ConnectionMemory memory;
    private final Channel channel;
    private final ChannelConnection connection;
    private final ConnectionFaults faults = new ConnectionFaults(this::fail);
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private @Nullable CountedSslHandler tls;
    private int prologuesLeft;
    private @Nullable ByteHandler handler;
    private Lane.@Nullable Alarm handshakeAlarm;
    private boolean chosen;
    private boolean inBurst;
    private long consumedMillis;
    private @Nullable Throwable failure;

    ConnectionHandler(
            Channel channel,
            Lane lane,
            UnreadBytes unread,
            ConnectionMemory memory,
            ListenerOptions options,
            List<ProtocolBinding> protocols) {
        this.channel = channel;
        this.options = options;
        this.protocols = protocols;
        this.unread = unread;
        this.memory = memory;
        this.connection = new ChannelConnection(channel, lane, memory, options, faults, this::offerAgain, this::eased);
        this.consumedMillis = lane.nowMillis();
        this.prologuesLeft = options.proxyHeader() == ProxyHeader.REQUIRED ? 1 : 0;
    }

    ChannelConnection connection() {
        return connection;
    }

    ConnectionMemory memory() {
        return memory;
    }

    /** Completes when the protocol was told of the end. */
    CompletableFuture<Void> whenGone() {
        return gone;
    }

    /** Waits for the handshake before any protocol sees the connection. */
    void encryptedBy(CountedSslHandler handler) {
        connection.encryptedBy(handler);
        tls = handler;
        prologuesLeft++;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        if (prologuesLeft == 0) {
            beginChoosing();
        }
        if (!chosen) {
            handshakeAlarm =
                    connection.lane().schedule(options.handshakeTimeoutMillis(), faults.guarded(this::endUnchosen));
        }
    }

    /** The PROXY header has named the two ends. */
    void proxied(InetSocketAddress source, InetSocketAddress destination) {
        connection.proxied(source, destination);
    }

    /** The PROXY header or the TLS handshake is over; the protocols come after the last of them. */
    void prologueDone() {
        prologuesLeft--;
        if (prologuesLeft == 0) {
            beginChoosing();
        }
    }

    private void beginChoosing() {
        if (protocols.size() == 1) {
            choose(protocols.getFirst());
        } else {
            handler = new ProtocolChoice(protocols, this);
        }
    }

    /** Gives the connection to a protocol; called in the prologue or by {@link ProtocolChoice}. */
    void choose(ProtocolBinding protocol) {
        chosen = true;
        cancelHandshakeAlarm();
        ByteHandler opened = new GuardedHandler(connection.lane(), protocol.open(connection));
        boolean waitingBytes = handler != null;
        handler = opened;
        if (waitingBytes) {
            offerUnread();
        }
    }

    /** Closes with what this protocol says to strangers. */
    void refuse(ProtocolBinding protocol) {
        log.debug("{} speaks no protocol of this listener", connection.remoteAddress());
        protocol.refuse(connection);
        connection.close();
    }

    /** An alarm that waits keeps the connection in memory: many short ones would fill it. */
    private void cancelHandshakeAlarm() {
        Lane.Alarm alarm = handshakeAlarm;
        if (alarm != null) {
            handshakeAlarm = null;
            alarm.cancel();
        }
    }

    private void endUnchosen() {
        if (!chosen && channel.isOpen()) {
            clients.info(
                    connection.lane(),
                    "{} did not begin a protocol in {} ms",
                    connection.remoteAddress(),
                    options.handshakeTimeoutMillis());
            connection.closeNow();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!inBurst) {
            inBurst = true;
            connection.readNow();
        }
        ByteBuf bytes = (ByteBuf) message;
        if (unread.count() > options.unreadBytesMax() && connection.isReadingPaused()) {
            // Read although it is not to be: the peer has ended, and all that the system still holds of it comes.
            bytes.release();
            connection.closeNow();
            return;
        }
        connection.restFromReading();
        count(bytes.readableBytes());
        unread.add(context.alloc(), bytes);
        offerUnread();
        if (unread.count() > 0) {
            keepUnread();
        } else {
            consumedMillis = connection.lastReadMillis();
        }
    }

    /** Each read of the socket is a go; TLS charges what it decrypts, and has its goes itself. */
    private void count(int bytes) {
        CountedSslHandler decrypting = tls;
        if (decrypting == null) {
            connection.lane().reads().beginGo();
            connection.lane().reads().spend(ReadBudget.ofRead(bytes));
        } else {
            decrypting.decrypted(bytes);
        }
    }

    /** Counts what the protocol has left, and reads no more of it while all connections hold too much. */
    private void keepUnread() {
        if (memory.isScarce()) {
            unread.tighten(channel.alloc());
        }
        memory.unread(unread.capacity());
        if (memory.isExhausted()) {
            connection.holdUp();
        }
    }

    private void offerUnread() {
        ByteBuf bytes = unread.bytes();
        ByteHandler receiver = handler;
        if (!connection.isOpen()) {
            dropUnread();
        } else if (bytes != null && receiver != null && connection.isOffered()) {
            offer(receiver, bytes);
        }
    }

    /** One after the other until the turn's budget is spent; the others wait. */
    private void offer(ByteHandler receiver, ByteBuf bytes) {
        ReadBudget reads = connection.lane().reads();
        if (reads.isSpent()) {
            connection.restBefore();
            return;
        }
        receiver.received(bytes);
        if (reads.isGoOver()) {
            connection.restAfter();
        } else {
            requireProgress();
        }
    }

    /** A protocol knows how long its frames may be and closes before; this is the bound if one does not. */
    private void requireProgress() {
        if (unread.count() > options.unreadBytesMax() && !connection.isReadingPaused()) {
            throw new IllegalStateException(
                    unread.count() + " bytes are unread, more than " + options.unreadBytesMax());
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        inBurst = false;
        if (handler != null && connection.isOpen()) {
            handler.readComplete();
        }
        unread.trim();
        memory.unread(unread.capacity());
    }

    private void dropUnread() {
        unread.release();
        memory.unread(0);
    }

    private void offerAgain() {
        CountedSslHandler decrypting = tls;
        connection.lane().reads().beginGo();
        try {
            offerUnread();
            if (decrypting != null && decrypting.hasMore()) {
                decrypting.goOn(channel.pipeline().context(decrypting));
            } else {
                channelReadComplete(channel.pipeline().context(this));
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new DecoderException(e);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                prologueDone();
            } else if (!(handshake.cause() instanceof ClosedChannelException)) {
                clients.warn(
                        connection.lane(),
                        "{}: TLS handshake failed: {}",
                        connection.remoteAddress(),
                        handshake.cause());
            }
        }
    }

    private void eased() {
        if (handler != null && connection.isOpen()) {
            handler.writabilityChanged();
        }
    }

    // Memory of all connections together.

    /** What it takes on the heap as long as it is open. */
    int objectBytes() {
        return connection.isEncrypted() ? ConnectionMemory.ENCRYPTED_OBJECT_BYTES : ConnectionMemory.PLAIN_OBJECT_BYTES;
    }

    /** For how long the connection has held what it holds without getting on. */
    long idleMillis() {
        return connection.lane().nowMillis() - progressMillis();
    }

    /** Whether its protocol has stopped reading, so that it cannot get on with what the peer has sent. */
    boolean isMadeToWait() {
        return connection.isPaused() && !connection.holdsUnsent();
    }

    /** Whoever holds a message that does not grow gets on with nothing, whatever it sends beside that. */
    private long progressMillis() {
        if (connection.holdsUnsent()) {
            return connection.sendProgressMillis();
        }
        return memory.contentBytes() > memory.bufferBytes() ? connection.lastContentMillis() : consumedMillis;
    }

    /** Gives back room that nothing is in. */
    void tighten() {
        faults.run(this::tightenUnread);
    }

    private void tightenUnread() {
        if (connection.isOpen() && unread.count() > 0) {
            unread.tighten(channel.alloc());
            memory.unread(unread.capacity());
        }
    }

    /** There is room for everybody again. */
    void relieved() {
        faults.run(() -> {
            connection.letGoOn();
            eased();
        });
    }

    /** Ends the connection, because it is among those that hold the most. One that does not read cannot be told why. */
    void endOverLimit(String why) {
        faults.run(() -> {
            ByteHandler told = handler;
            if (connection.isOpen() && !connection.holdsUnsent() && told != null) {
                told.overLimit(why);
                dropUnread();
                connection.close();
            } else {
                connection.closeNow();
            }
        });
    }

    /** Asks the protocol to take leave of its peer. */
    void shutdown() {
        faults.run(() -> {
            if (handler != null && connection.isOpen()) {
                handler.shutdown();
            } else {
                connection.closeNow();
            }
        });
    }

    /** Ends the connection without a word. */
    void drop() {
        faults.run(connection::closeNow);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        CloseCause cause = cause();
        connection.ended();
        cancelHandshakeAlarm();
        dropUnread();
        ByteHandler told = handler;
        handler = null;
        if (told != null) {
            told.closed(cause);
        }
    }

    /** Comes after {@link #channelInactive}, and also for a socket that was never active. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        gone.complete(null);
    }

    private CloseCause cause() {
        Throwable error = failure;
        if (error != null) {
            return new CloseCause.Failed(error);
        }
        return connection.isOpen() ? new CloseCause.ByPeer() : new CloseCause.ByUs();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
        fail(error);
    }

    private void fail(Throwable error) {
        if (failure != null || !channel.isOpen()) {
            return;
        }
        if (error instanceof IOException || error.getCause() instanceof IOException) {
            // A reset, or a TLS error: the peer's or the network's fault. The protocol is told and says more.
            log.debug("{}: {}", connection.remoteAddress(), error.getMessage());
        } else if (!chosen && error instanceof DecoderException) {
            clients.info(connection.lane(), "{}: closed: no PROXY header: {}", connection.remoteAddress(), error);
        } else if (error instanceof OutOfMemoryError) {
            // Of buffers, while this socket was read: what it wanted is not there, and others may have it.
            clients.warn(connection.lane(), "{}: closed: {}", connection.remoteAddress(), error);
        } else {
            clients.error(connection.lane(), error, "{}: closed after an unexpected error", connection.remoteAddress());
        }
        failure = error;
        connection.closeNow();
    }
}
