package io.ferrymq.embedded;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.broker.Identity;
import io.ferrymq.broker.Link;
import io.ferrymq.broker.LinkListener;
import io.ferrymq.broker.access.Origin;
import io.ferrymq.broker.shard.LocalBroker;
import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.DisconnectedException;
import io.ferrymq.log.CommandLog;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * A broker of this process, its lane and its store.
 *
 * <p>Thread contract: {@link #open} and {@link #close} block and belong to any thread but the lane; {@link #fail} may be
 * called by any; everything else is the lane's.
 *
 * <pre>
 *   state     on                                     to
 *   open      close                                  closed: checkpoint, log closed, lane ended
 *   open      the disk fails, or a task throws       failed: transports fail, nothing is written, lane ended
 * </pre>
 */
final class EmbeddedBroker {
    private static final int TOKEN_BYTES = 16;
    private static final String USER = "guest";
    private static final String VHOST = "/";

    private final Store store;
    private final EmbeddedLane lane;
    private final Set<EmbeddedTransport> transports = new LinkedHashSet<>();

    /** Set on the lane when opened. */
    private @Nullable LocalBroker broker;

    private @Nullable CommandLog log;

    /** Set on the lane when the broker has failed. */
    private @Nullable Throwable failure;

    /** Completed on the lane when the broker has failed and everybody knows. */
    private final CompletableFuture<Void> collapsed = new CompletableFuture<>();

    private EmbeddedBroker(Store store) {
        this.store = store;
        this.lane = store.lane(this::fail);
    }

    /**
     * Opens a broker on a store, which is closed with it.
     *
     * @throws DisconnectedException if the store cannot be opened
     */
    static EmbeddedBroker open(Store store) {
        EmbeddedBroker opened = new EmbeddedBroker(store);
        opened.lane.start();
        try {
            opened.onLane(opened::begin);
            return opened;
        } catch (CompletionException e) {
            opened.lane.stop();
            store.close();
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new DisconnectedException(store.name() + " cannot be opened: " + cause.getMessage(), cause);
        }
    }

    private Void begin() throws IOException {
        SecureRandom random = new SecureRandom();
        LocalBroker.Environment environment = new LocalBroker.Environment(
                lane,
                System::currentTimeMillis,
                System::nanoTime,
                () -> token(random),
                random::nextDouble,
                store::diskFreeBytes,
                List.of(EmbeddedFormat.INSTANCE));
        BrokerOptions options = store.options();
        broker = LocalBroker.open(environment, options, (target, listener) -> {
            CommandLog opened = store.log(lane, this::fail, target, listener);
            log = opened;
            return opened;
        });
        return null;
    }

    private static String token(SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Waits until the lane has done it; a completion, which runs on the lane, does it at once. */
    private <T> T onLane(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable task = () -> {
            try {
                result.complete(work.call());
            } catch (Exception | Error e) {
                result.completeExceptionally(e);
            }
        };
        if (lane.isCurrent()) {
            task.run();
        } else {
            lane.execute(task);
        }
        return result.join();
    }

    EmbeddedLane lane() {
        return lane;
    }

    /** Opens a transport to this broker. Any thread but the lane. */
    EmbeddedTransport connect(Runnable closed) {
        EmbeddedTransport transport = new EmbeddedTransport(this, closed);
        try {
            return onLane(() -> {
                if (failure != null) {
                    throw new ClosedException("the broker has failed", failure);
                }
                transport.begin();
                transports.add(transport);
                return transport;
            });
        } catch (CompletionException e) {
            Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
            throw new DisconnectedException(store.name() + " cannot be used: " + cause.getMessage(), cause);
        }
    }

    Link link(LinkListener listener) {
        LocalBroker open = Objects.requireNonNull(broker);
        Identity identity = open.loginProven(USER, Origin.LOOPBACK);
        return open.open(identity, VHOST, "embedded", listener);
    }

    /** Whether it cannot be used any more. Any thread but the lane. */
    boolean hasFailed() {
        return onLane(() -> failure != null);
    }

    void left(EmbeddedTransport transport) {
        transports.remove(transport);
    }

    /** Why no message can be taken now; null if one can. */
    @Nullable String shortage(Link link) {
        CommandLog open = Objects.requireNonNull(log);
        if (store.isBoundByMemory() && open.memoryBytes() > store.options().memoryBytesMax()) {
            return "the memory for messages is full: " + store.options().memoryBytesMax() + " bytes";
        }
        return link.blockedReason();
    }

    /**
     * The disk has failed, or the broker's own state cannot be trusted any more: from here on nothing is written or
     * confirmed, and everybody is told. Any thread.
     */
    void fail(Throwable cause) {
        lane.execute(() -> collapse(cause));
    }

    private void collapse(Throwable cause) {
        if (failure != null) {
            return;
        }
        failure = cause;
        for (EmbeddedTransport transport : List.copyOf(transports)) {
            transport.brokerFailed(cause);
        }
        transports.clear();
        try {
            if (log != null) {
                log.close();
            }
        } catch (IllegalStateException e) {
            // It was closing when it failed: its threads end all the same.
            cause.addSuppressed(e);
        }
        lane.stop();
        store.close();
        collapsed.complete(null);
    }

    /** Writes a checkpoint and ends. Its transports must be closed. Blocks. */
    void close() {
        LocalBroker open = broker;
        if (hasFailed() || open == null) {
            return;
        }
        // A disk that fails now ends the waiting, too.
        CompletableFuture<Void> stopped = CompletableFuture.runAsync(
                open::stop, task -> Thread.ofVirtual().start(task));
        CompletableFuture.anyOf(stopped, collapsed)
                .exceptionally(e -> {
                    fail(e);
                    return null;
                })
                .join();
        lane.stop();
        store.close();
    }
}
