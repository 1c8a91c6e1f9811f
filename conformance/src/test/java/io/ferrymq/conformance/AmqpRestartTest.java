package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.ferrymq.client.Codec;
import io.ferrymq.client.Ferry;
import io.ferrymq.client.MessageQueue;
import io.ferrymq.client.QueueOptions;
import io.ferrymq.client.Received;
import io.ferrymq.client.SubscribeOptions;
import io.ferrymq.client.Subscription;
import io.ferrymq.client.transport.Binding;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.RequestException;
import io.ferrymq.client.transport.Transport;
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
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A broker that is killed under a client, which finds it again by itself. */
@Timeout(300)
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to kill")
class AmqpRestartTest {
    private static final int KILLS = 3;
    private static final int MESSAGES_BETWEEN_KILLS = 500;
    private static final Duration LONG = Duration.ofSeconds(60);

    private BrokerProcess broker;
    private Ferry ferry;

    @BeforeEach
    void start() {
        broker = BrokerProcess.started();
        ferry = Ferry.open(broker.uri());
    }

    @AfterEach
    void stop() {
        ferry.close();
        broker.close();
    }

    private CompletableFuture<Void> put(MessageQueue<Integer> queue, int number) {
        return queue.putAsync(
                number, MessageProperties.builder().messageId("m-" + number).build());
    }

    @Test
    void everyMessageArrivesAndFirstArrivalsAreInOrder() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue("numbers", Integer.class);
        List<CompletableFuture<Void>> puts = new ArrayList<>();
        AtomicInteger confirmed = new AtomicInteger();
        for (int kill = 0; kill < KILLS; kill++) {
            int enough = confirmed.get() + MESSAGES_BETWEEN_KILLS / 4;
            for (int i = 0; i < MESSAGES_BETWEEN_KILLS; i++) {
                puts.add(put(queue, puts.size()).thenRun(confirmed::incrementAndGet));
            }
            await().atMost(LONG).until(() -> confirmed.get() >= enough);
            broker.kill();
            for (int i = 0; i < MESSAGES_BETWEEN_KILLS; i++) {
                puts.add(put(queue, puts.size()).thenRun(confirmed::incrementAndGet));
            }
            broker.startAgain();
        }
        puts.forEach(CompletableFuture::join);
        Set<Integer> arrived = new LinkedHashSet<>();
        int copies = 0;
        while (arrived.size() < puts.size()) {
            Received<Integer> received = queue.poll(LONG).orElseThrow();
            assertThat(received.properties().messageId()).isEqualTo("m-" + received.value());
            if (!arrived.add(received.value())) {
                copies++;
            }
            received.done();
        }
        assertThat(new ArrayList<>(arrived)).isSorted();
        System.out.println(KILLS + " kills: " + puts.size() + " put, each arrived, " + copies + " of them twice");
    }

    @Test
    void handlersAndTemporaryQueuesGoOn() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue("numbers", Integer.class);
        MessageQueue<String> temporary = ferry.queue(QueueOptions.temporary(), Codec.text());
        Set<Integer> handled = ConcurrentHashMap.newKeySet();
        try (Subscription subscription =
                queue.subscribe(SubscribeOptions.concurrency(4), message -> handled.add(message.value()))) {
            queue.put(1);
            await().atMost(LONG).until(() -> handled.contains(1));
            broker.kill();
            broker.startAgain();
            queue.put(2);
            await().atMost(LONG).until(() -> handled.contains(2));
            temporary.put("declared again");
            assertThat(temporary.poll(LONG).map(Received::value)).contains("declared again");
            assertThat(queue.join(LONG)).isTrue();
            assertThat(subscription.ended()).isNotDone();
        }
    }

    @Test
    void whatWasDeclaredOnceIsNotDeclaredAgain() {
        Transport transport = ferry.transport();
        transport.declareQueue(QueueDeclaration.durable("kept")).join();
        transport
                .declareQueueOnce(QueueDeclaration.durable("once"), new Binding("once", "amq.direct", "once"))
                .join();
        try (Ferry other = Ferry.open(broker.uri())) {
            other.transport().deleteQueue("kept").join();
            other.transport().deleteQueue("once").join();
        }
        broker.kill();
        broker.startAgain();
        assertThat(transport.inspect("kept").join().ready()).isZero();
        assertThatThrownBy(() -> transport.inspect("once").join()).hasCauseInstanceOf(RequestException.class);
    }

    @Test
    void aRequestAfterTheRestartGetsItsReply() throws InterruptedException {
        MessageQueue<Integer> queue = ferry.queue("numbers", Integer.class);
        try (Subscription server =
                queue.respond(SubscribeOptions.DEFAULT, Codec.text(), number -> "number " + number)) {
            assertThat(queue.request(1, Codec.text(), LONG).join()).isEqualTo("number 1");
            broker.kill();
            CompletableFuture<String> reply = queue.request(2, Codec.text(), LONG);
            broker.startAgain();
            assertThat(reply.join()).isEqualTo("number 2");
            assertThat(server.ended()).isNotDone();
        }
    }
}
