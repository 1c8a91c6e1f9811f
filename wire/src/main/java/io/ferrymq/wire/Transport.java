package io.ferrymq.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The lanes, the listeners on them and every connection.
 *
 * <p>Thread contract: any thread but a lane.
 */
public final class Transport implements AutoCloseable {
    private static final int PAGE_BYTES = 8 << 10;
    /** Chunks of 4 MiB: the unit in which the pool takes memory from the system. */
    private static final int CHUNK_ORDER = 9;

    private static final int STOP_MILLIS_MAX = 2_000;

    private final IoBackend backend;
    private final MultiThreadIoEventLoopGroup group;
    private final List<Lane> lanes;
    private final ConnectionRegistry registry;
    private final HeldBytes all;
    private final HeldBytes buffers;
    private final HeldBytes contents;
    private final HeldBytes objects;
    private final PinnedMemory pinned;
    private final Relief relief;
    private final ByteBufAllocator allocator = newAllocator();

    private Transport(TransportOptions options, IoBackend backend, int idleMillisMax) {
        this.backend = backend;
        this.objects = new HeldBytes(options.objectBytesMax(), this::requestRelief, () -> {});
        this.registry = new ConnectionRegistry(options.connectionsMax(), objects);
        this.group = new MultiThreadIoEventLoopGroup(options.loops(), threads(), backend.handlerFactory());
        List<Lane> opened = new ArrayList<>();
        for (EventExecutor executor : group) {
            opened.add(new Lane((EventLoop) executor));
        }
        this.lanes = List.copyOf(opened);
        this.all = new HeldBytes(options.heldBytesMax(), this::requestRelief, this::watchIdle);
        this.buffers = new HeldBytes(options.bufferBytesMax(), all, this::requestRelief);
        this.contents = new HeldBytes(options.contentBytesMax(), all, this::requestRelief);
        this.pinned = new PinnedMemory(contents);
        this.relief = new Relief(registry, buffers, contents, all, objects, lanes.getFirst(), idleMillisMax);
    }

    /** Starts the lanes, on epoll if this machine has it. */
    public static Transport open(TransportOptions options) {
        return open(options, IoBackend.best());
    }

    static Transport open(TransportOptions options, IoBackend backend) {
        return open(options, backend, Relief.IDLE_MILLIS_MAX);
    }

    /** {@code idleMillisMax} is for how long somebody may do nothing with what it holds while memory is crowded. */
    static Transport open(TransportOptions options, IoBackend backend, int idleMillisMax) {
        return new Transport(options, backend, idleMillisMax);
    }

    /** All lanes; at least one. The first one owns the broker's state when there is one shard. */
    public List<Lane> lanes() {
        return lanes;
    }

    /** The pool that connections take their buffers from: one arena, so that little memory stands idle. */
    public ByteBufAllocator allocator() {
        return allocator;
    }

    /** What unread and unsent bytes take, with its limit. */
    public HeldBytes buffers() {
        return buffers;
    }

    /** What messages take that have not arrived in full, or that wait to be sent; with its limit. */
    public HeldBytes contents() {
        return contents;
    }

    /** Heap that connections take, and what they have in line to be sent; with its limit. */
    public HeldBytes objects() {
        return objects;
    }

    /** Memory outside the heap that all connections hold together: {@link #buffers} and {@link #contents}. */
    public long heldBytes() {
        return all.bytes();
    }

    ConnectionMemory newConnectionMemory() {
        return new ConnectionMemory(buffers, contents, objects, pinned);
    }

    private void watchIdle() {
        relief.watch();
    }

    private void requestRelief() {
        relief.request();
    }

    /** Open connections over all listeners. */
    public int connectionCount() {
        return registry.count();
    }

    /**
     * Listens for plain connections.
     *
     * @param protocols at least one; the first one refuses connections that fit none
     * @throws ListenerException if the address cannot be bound
     */
    public Listener listen(ListenerOptions options, List<ProtocolBinding> protocols) throws ListenerException {
        return bind(options, new AcceptedConnections(this, options, protocols, null));
    }

    /** Listens for TLS connections; otherwise as {@link #listen}. */
    public Listener listenTls(ListenerOptions options, TlsContext tls, List<ProtocolBinding> protocols)
            throws ListenerException {
        return bind(options, new AcceptedConnections(this, options, protocols, tls));
    }

    private Listener bind(ListenerOptions options, AcceptedConnections accepted) throws ListenerException {
        ServerBootstrap bootstrap =
                bootstrap(options).handler(new AcceptFailures(this)).childHandler(accepted);
        return BindAddresses.first(options, address -> {
            ChannelFuture bound = bootstrap
                    .clone()
                    .channelFactory(() -> backend.newServerChannel(BindAddresses.familyOf(address)))
                    .bind(address)
                    .awaitUninterruptibly();
            if (bound.isSuccess()) {
                return new Listener(bound.channel(), laneOf(bound.channel().eventLoop()));
            }
            throw new IOException(bound.cause());
        });
    }

    private ServerBootstrap bootstrap(ListenerOptions options) {
        WriteBufferWaterMark waterMark = new WriteBufferWaterMark(options.lowWaterBytes(), options.highWaterBytes());
        return new ServerBootstrap()
                .group(group)
                .option(ChannelOption.SO_BACKLOG, options.backlog())
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, waterMark);
    }

    /**
     * Ends every open connection: each protocol tells its peer and closes; what is still open after {@code graceMillis}
     * is dropped. Returns when all are gone. Close the listeners before.
     */
    public void endConnections(long graceMillis) {
        List<CompletableFuture<?>> gone = new ArrayList<>();
        for (ConnectionHandler handler : registry.open()) {
            gone.add(handler.whenGone());
            handler.connection().lane().execute(handler::shutdown);
        }
        CompletableFuture<?> all = CompletableFuture.allOf(gone.toArray(CompletableFuture[]::new));
        all.copy().completeOnTimeout(null, graceMillis, TimeUnit.MILLISECONDS).join();
        for (ConnectionHandler handler : registry.open()) {
            handler.connection().lane().execute(handler::drop);
        }
        all.join();
    }

    /** Drops every connection and listener that is still open, and stops the lanes' threads. */
    @Override
    public void close() {
        group.shutdownGracefully(0, STOP_MILLIS_MAX, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }

    Lane laneOf(EventLoop loop) {
        for (Lane lane : lanes) {
            if (lane.loop().equals(loop)) {
                return lane;
            }
        }
        throw new IllegalArgumentException("a loop of another transport");
    }

    ConnectionRegistry registry() {
        return registry;
    }

    private static ByteBufAllocator newAllocator() {
        return new PooledByteBufAllocator(true, 0, 1, PAGE_BYTES, CHUNK_ORDER, 256, 64, false);
    }

    private static ThreadFactory threads() {
        AtomicInteger number = new AtomicInteger();
        return task -> new FastThreadLocalThread(task, "ferry-loop-" + number.getAndIncrement());
    }
}
