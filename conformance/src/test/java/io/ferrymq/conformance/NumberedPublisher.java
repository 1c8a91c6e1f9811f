package io.ferrymq.conformance;

import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes numbered messages with confirms, as fast as a window of unconfirmed ones lets it, or in transactions, until
 * the broker is gone; started again, it goes on counting.
 *
 * <p>{@link #start} and {@link #awaitEnd} are called by one thread; publishing runs on a thread of its own, confirms
 * arrive on the connection's.
 */
final class NumberedPublisher {
    /** How it learns that the broker has taken a message. */
    enum Way {
        CONFIRMS,
        TRANSACTIONS
    }

    private static final int UNCONFIRMED_MAX = 100;
    private static final int TRANSACTION_SIZE = 20;

    private final int number;
    private final Way way;
    private final Promise promise;
    private int nextSequence;
    private @Nullable Thread thread;

    NumberedPublisher(int number, Way way, Promise promise) {
        this.number = number;
        this.way = way;
        this.promise = promise;
    }

    void start(Connection connection) {
        thread = Thread.ofPlatform().name("publisher-" + number).start(() -> publishUntilClosed(connection));
    }

    void awaitEnd() {
        Thread running = thread;
        if (running == null) {
            return;
        }
        try {
            running.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a publisher ends", e);
        }
    }

    private void publishUntilClosed(Connection connection) {
        try {
            Channel channel = connection.createChannel();
            if (way == Way.TRANSACTIONS) {
                commitUntilClosed(channel);
                return;
            }
            Semaphore window = new Semaphore(UNCONFIRMED_MAX);
            ConcurrentNavigableMap<Long, Integer> unconfirmed = new ConcurrentSkipListMap<>();
            channel.confirmSelect();
            channel.addConfirmListener(
                    (tag, multiple) -> settle(unconfirmed, window, tag, multiple, true),
                    (tag, multiple) -> settle(unconfirmed, window, tag, multiple, false));
            while (channel.isOpen()) {
                if (window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    publishNext(channel, unconfirmed);
                }
            }
        } catch (IOException | AlreadyClosedException e) {
            // The broker was killed, as it should be: what was not confirmed stays uncertain.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void commitUntilClosed(Channel channel) throws IOException {
        channel.txSelect();
        while (channel.isOpen()) {
            int first = nextSequence;
            for (int i = 0; i < TRANSACTION_SIZE; i++) {
                send(channel, nextSequence++);
            }
            channel.txCommit();
            for (int sequence = first; sequence < nextSequence; sequence++) {
                promise.confirmed(number, sequence, Destinations.of(sequence).queues());
            }
        }
    }

    private void publishNext(Channel channel, NavigableMap<Long, Integer> unconfirmed) throws IOException {
        int sequence = nextSequence++;
        unconfirmed.put(channel.getNextPublishSeqNo(), sequence);
        send(channel, sequence);
    }

    private void send(Channel channel, int sequence) throws IOException {
        Destinations to = Destinations.of(sequence);
        promise.publishing(number, sequence);
        channel.basicPublish(
                to.exchange(), to.routingKey(), to.properties(sequence), new NumberedBody(number, sequence).encode());
    }

    private void settle(
            NavigableMap<Long, Integer> unconfirmed, Semaphore window, long tag, boolean multiple, boolean confirmed) {
        NavigableMap<Long, Integer> settled = unconfirmed.subMap(multiple ? 0 : tag, true, tag, true);
        int count = 0;
        for (int sequence : settled.values()) {
            if (confirmed) {
                promise.confirmed(number, sequence, Destinations.of(sequence).queues());
            }
            count++;
        }
        settled.clear();
        window.release(count);
    }
}
