package io.ferrymq.client;

import io.ferrymq.client.transport.ClosedException;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.Transport;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A queue of values in a broker.
 *
 * <p>Thread contract: any thread. {@code put}, {@code take}, {@code poll}, {@code offer}, {@code size} and {@code join}
 * wait and can be interrupted; each has a twin that returns a future at once. Waiting threads hold no lock. Futures
 * complete on threads of the client; cancelling one ends the wait.
 *
 * <p>All throw {@link io.ferrymq.client.transport.TransportException}, or fail with it.
 */
public final class MessageQueue<T> implements AutoCloseable {
    /** Takers begin with one message at a time, so that other consumers get their share. */
    private static final Intake.Terms TAKING = new Intake.Terms(1, 4_096, 1_000);

    /** Nobody else may take from an exclusive queue, and it would go with its consumer. */
    private static final Intake.Terms TAKING_ALONE = new Intake.Terms(64, 4_096, Intake.Terms.FOR_EVER);

    private final Ferry ferry;
    private final QueueOptions options;
    private final String name;
    private final Codec<T> codec;
    private final Unfinished unfinished;
    private final Intake intake;
    private final Taking<T> taking;
    private final Outlet outlet;
    private final RequestReply requests;

    /** Of takers, subscriptions and streams. */
    private final Set<Intake> intakes = ConcurrentHashMap.newKeySet();

    /** Published by {@link #close}, read by those who join. */
    private volatile @Nullable ClosedException closed;

    MessageQueue(Ferry ferry, QueueOptions options, String name, Codec<T> codec) {
        this.ferry = ferry;
        this.options = options;
        this.name = name;
        this.codec = codec;
        this.unfinished = ferry.unfinished(name);
        boolean alone = options.kind() == QueueOptions.Kind.TEMPORARY;
        this.intake = new Intake(transport(), name, alone ? TAKING_ALONE : TAKING, unfinished);
        intakes.add(intake);
        this.taking = new Taking<>(intake, codec);
        this.outlet = new Outlet(transport(), unfinished);
        this.requests = new RequestReply(ferry);
    }

    private Transport transport() {
        return ferry.transport();
    }

    public String name() {
        return name;
    }

    // ---- putting ----

    /** Puts a value; returns when the broker has it. Waits while the queue is full. */
    public void put(T value) throws InterruptedException {
        put(value, MessageProperties.NONE);
    }

    /** Puts a value with these properties; what they leave open is filled in. */
    public void put(T value, MessageProperties properties) throws InterruptedException {
        CompletableFuture<Boolean> put = outlet.put(message(value, properties), Outlet.FOR_EVER);
        try {
            Waits.get(put);
        } catch (InterruptedException e) {
            put.cancel(false);
            throw e;
        }
    }

    /**
     * Puts a value unless the queue stays full for that time; returns whether it did. The time is for the waiting: an
     * attempt that is under way is waited for.
     */
    public boolean offer(T value, Duration timeout) throws InterruptedException {
        CompletableFuture<Boolean> put = outlet.put(message(value, MessageProperties.NONE), deadline(timeout));
        try {
            return Waits.get(put);
        } catch (InterruptedException e) {
            put.cancel(false);
            throw e;
        }
    }

    private static long deadline(Duration timeout) {
        return System.nanoTime() + timeout.toNanos();
    }

    /**
     * Puts a value; the future completes when the broker has it. Values are sent in the order of the calls. If the queue is
     * full, those that have to be sent again may be overtaken.
     */
    public CompletableFuture<Void> putAsync(T value) {
        return putAsync(value, MessageProperties.NONE);
    }

    public CompletableFuture<Void> putAsync(T value, MessageProperties properties) {
        CompletableFuture<Boolean> put = outlet.put(message(value, properties), Outlet.FOR_EVER);
        return Promises.<Boolean, @Nullable Void>offered(put, () -> put.cancel(false), taken -> null);
    }

    /** As {@link #offer}. */
    public CompletableFuture<Boolean> offerAsync(T value, Duration timeout) {
        CompletableFuture<Boolean> put = outlet.put(message(value, MessageProperties.NONE), deadline(timeout));
        return Promises.offered(put, () -> put.cancel(false), taken -> taken);
    }

    private OutgoingMessage message(T value, MessageProperties properties) {
        MessageProperties.Builder complete = properties.toBuilder();
        if (properties.messageId() == null) {
            complete.messageId(ferry.nextId());
        }
        if (properties.contentType() == null) {
            complete.contentType(codec.contentType());
        }
        return OutgoingMessage.toQueue(name, complete.build(), codec.encode(value));
    }

    // ---- taking ----

    /** Takes the next message; waits for one. It has to be answered: {@link Received}. */
    public Received<T> take() throws InterruptedException {
        return taking.take();
    }

    /** Takes the next message if one comes within that time. */
    public Optional<Received<T>> poll(Duration timeout) throws InterruptedException {
        return taking.poll(timeout);
    }

    public CompletableFuture<Received<T>> takeAsync() {
        return taking.takeAsync();
    }

    /** As {@link #poll}. */
    public CompletableFuture<Optional<Received<T>>> pollAsync(Duration timeout) {
        return taking.pollAsync(timeout);
    }

    private Received<T> received(Incoming message) {
        return new Received<>(message, codec);
    }

    // ---- handlers and streams ----

    /** Has a handler called for each message, until the subscription or this queue object is closed. */
    public Subscription subscribe(SubscribeOptions how, Handler<T> handler) {
        requireDeadLetters(how.retry());
        // Messages that wait for another attempt do not take the place of others.
        int windowMax = how.acknowledge() == SubscribeOptions.Acknowledge.BY_HANDLER
                ? how.prefetch()
                : Math.max(how.prefetch(), TAKING.windowMax());
        Subscription subscription = new Subscription(
                how, intake(how.prefetch(), windowMax), options.deadLetters().isPresent());
        subscription.start(handler, this::received);
        return subscription;
    }

    private void requireDeadLetters(RetryPolicy retry) {
        if (retry.attemptsMax() != RetryPolicy.UNLIMITED && !mayHaveDeadLetters()) {
            throw new IllegalArgumentException(
                    "after " + retry.attemptsMax() + " attempts a message is rejected, and queue '" + name
                            + "' has no dead letters: name their queue with QueueOptions.deadLetters");
        }
    }

    /** Of a queue that was not declared here it is not known. */
    private boolean mayHaveDeadLetters() {
        return options.deadLetters().isPresent()
                || options.kind() == QueueOptions.Kind.EXISTING
                || options.arguments().containsKey("x-dead-letter-exchange");
    }

    private Intake intake(int window, int windowMax) {
        Intake more =
                new Intake(transport(), name, new Intake.Terms(window, windowMax, Intake.Terms.FOR_EVER), unfinished);
        intakes.removeIf(Intake::isClosed);
        intakes.add(more);
        ClosedException reason = closed;
        if (reason != null) {
            more.close(reason);
        }
        return more;
    }

    /**
     * This queue's messages as a stream that ends when this queue object is closed. They have to be answered.
     *
     * @param prefetch how many may be here and not answered, 1 to 65535
     */
    public Flow.Publisher<Received<T>> publisher(int prefetch) {
        return new QueuePublisher<>(() -> intake(prefetch, prefetch), this::received);
    }

    /** The end of a stream whose items are put here, so many at a time. */
    public QueueSubscriber<T> subscriber(int inFlightMax) {
        return new QueueSubscriber<>(this::putAsync, inFlightMax);
    }

    // ---- requests ----

    /** Puts a request; the future completes with the reply, or fails with {@link RequestFailedException} or a timeout. */
    public <R> CompletableFuture<R> request(T value, Codec<R> replies, Duration timeout) {
        return requests.request(properties -> message(value, properties), replies, timeout);
    }

    /**
     * Answers the requests in this queue. What {@code answer} throws is the requester's to know: a request is not tried
     * again.
     */
    public <R> Subscription respond(SubscribeOptions how, Codec<R> replies, Answer<T, R> answer) {
        return subscribe(how, requests.answering(replies, answer));
    }

    // ---- the whole queue ----

    /** How many messages wait, here and at the broker. */
    public long size() throws InterruptedException {
        return Waits.get(sizes());
    }

    public CompletableFuture<Long> sizeAsync() {
        return Promises.offered(sizes(), () -> {}, size -> size);
    }

    private CompletableFuture<Long> sizes() {
        return transport().inspect(name).thenApply(state -> state.ready() + intake.readyCount());
    }

    /**
     * Waits until every message that was put is processed: none waits, and every one that was taken is done or rejected. What
     * another client has taken and not answered is not seen.
     */
    public void join() throws InterruptedException {
        CompletableFuture<Void> joined = joined();
        try {
            Waits.get(joined);
        } finally {
            joined.cancel(false);
        }
    }

    /** The same for at most that time; returns whether all were processed. */
    public boolean join(Duration timeout) throws InterruptedException {
        CompletableFuture<Void> joined = joined();
        try {
            Waits.get(joined, timeout);
            return true;
        } catch (TimeoutException e) {
            return false;
        } finally {
            joined.cancel(false);
        }
    }

    public CompletableFuture<Void> joinAsync() {
        CompletableFuture<Void> joined = joined();
        return Promises.<Void, @Nullable Void>offered(joined, () -> joined.cancel(false), nothing -> null);
    }

    private CompletableFuture<Void> joined() {
        return unfinished.join(transport(), name, () -> closed);
    }

    /** Forgets the messages that wait at the broker; returns how many. */
    public long purge() throws InterruptedException {
        return Waits.get(transport().purge(name));
    }

    /**
     * Wakes everyone who waits here, with a {@link ClosedException}. Messages that were taken can still be answered as long as
     * the {@link Ferry} is open. The queue itself stays.
     */
    @Override
    public void close() {
        close(new ClosedException("queue '" + name + "' was closed", null));
    }

    void close(ClosedException reason) {
        closed = reason;
        ferry.closed(this);
        outlet.close(reason);
        intakes.forEach(open -> open.close(reason));
    }
}
