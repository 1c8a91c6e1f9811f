package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.Received;
import io.ferrymq.client.SubscribeOptions;
import io.ferrymq.client.Subscription;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A network that swallows what is sent instead of closing its connections: only missing heartbeats tell. */
@Timeout(300)
class AmqpSilenceTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final int SILENCES = 3;
    private static final int MESSAGES = 500;
    private static final Duration LONG = Duration.ofSeconds(60);

    private Relay network;
    private Ferry ferry;
    private String name;

    @BeforeEach
    void connect() {
        URI broker = URI.create(BROKER.uri());
        network = Relay.to(broker.getHost(), broker.getPort());
        ferry = Ferry.open("amqp://" + broker.getUserInfo() + "@localhost:" + network.port() + "?heartbeat=1");
        name = "silence-" + System.nanoTime();
    }

    @AfterEach
    void disconnect() {
        ferry.transport().deleteQueue(name).join();
        ferry.close();
        network.close();
    }

    @Test
    void everyPutIsConfirmedAndFirstArrivalsAreInOrder() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue(name, Integer.class);
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        AtomicInteger confirmed = new AtomicInteger();
        for (int silence = 0; silence < SILENCES; silence++) {
            int enough = confirmed.get() + MESSAGES / 4;
            for (int i = 0; i < MESSAGES; i++) {
                puts.add(queue.putAsync(puts.size()).thenRun(confirmed::incrementAndGet));
            }
            await().atMost(LONG).until(() -> confirmed.get() >= enough);
            int connections = network.connections();
            network.swallow();
            for (int i = 0; i < MESSAGES; i++) {
                puts.add(queue.putAsync(puts.size()).thenRun(confirmed::incrementAndGet));
            }
            await().atMost(LONG).until(() -> network.connections() > connections);
        }
        await().atMost(LONG).until(() -> confirmed.get() == puts.size());
        Set<Integer> arrived = new LinkedHashSet<>();
        while (arrived.size() < puts.size()) {
            Received<Integer> received = queue.poll(LONG).orElseThrow();
            arrived.add(received.value());
            received.done();
        }
        assertThat(new ArrayList<>(arrived)).isSorted();
    }

    @Test
    void aHandlerGetsWhatCameMeanwhile() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue(name, Integer.class);
        Set<Integer> handled = ConcurrentHashMap.newKeySet();
        try (Subscription subscription =
                        queue.subscribe(SubscribeOptions.DEFAULT, message -> handled.add(message.value()));
                Ferry other = Ferry.open(BROKER.uri())) {
            queue.put(1);
            await().atMost(LONG).until(() -> handled.contains(1));
            network.swallow();
            other.queue(name, Integer.class).put(2);
            await().atMost(LONG).until(() -> handled.contains(2));
            assertThat(subscription.ended()).isNotDone();
        }
    }
}
