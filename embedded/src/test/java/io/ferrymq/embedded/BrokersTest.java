package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Transport;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who opens a broker waits for one of that name that is being closed, and for no other. */
class BrokersTest {
    private static final int WAIT_SECONDS = 60;
    private static final Executor THREADS = task -> Thread.ofPlatform().start(task);

    private final Brokers brokers = new Brokers();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final CountDownLatch mayClose = new CountDownLatch(1);

    /** A store that takes long to close. */
    private final class Slow extends DelegatingStore {
        Slow() {
            super(new MemoryStore("slow", 1 << 20));
        }

        @Override
        public void close() {
            closing.countDown();
            try {
                mayClose.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            super.close();
        }
    }

    private static Transport opened(CompletableFuture<Transport> transport) throws Exception {
        return transport.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void othersAreOpenedWhileOneIsClosedAndTheSameOneAfterwards() throws Exception {
        Transport slow = brokers.connect("slow", Slow::new);
        CompletableFuture<Void> closed = CompletableFuture.runAsync(slow::close, THREADS);
        assertThat(closing.await(WAIT_SECONDS, TimeUnit.SECONDS)).isTrue();

        CompletableFuture<Transport> another = CompletableFuture.supplyAsync(
                () -> brokers.connect("other", () -> new MemoryStore("other", 1 << 20)), THREADS);
        CompletableFuture<Transport> again = CompletableFuture.supplyAsync(
                () -> brokers.connect("slow", () -> new MemoryStore("again", 1 << 20)), THREADS);
        try (Transport other = opened(another)) {
            other.declareQueue(QueueDeclaration.durable("q")).join();
            assertThat(again).isNotDone();
        } finally {
            mayClose.countDown();
        }
        try (Transport reopened = opened(again)) {
            reopened.declareQueue(QueueDeclaration.durable("q")).join();
        }
        closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }
}
