package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.QueueState;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.TransactionalConsumption;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How transports and consumers end, and what they leave to others of the same broker. */
class EmbeddedEndTest {
    private static final int MANY = 5_000;
    private static final int WAIT_SECONDS = 60;

    private final EmbeddedBroker broker = EmbeddedBroker.open(new MemoryStore("ends", 1 << 30));
    private final Transport transport = broker.connect(() -> {});
    private final Transport other = broker.connect(() -> {});

    @AfterEach
    void close() {
        transport.close();
        other.close();
    }

    private static DeliveryListener listener(Consumer<Delivery> taker) {
        return new DeliveryListener() {
            @Override
            public void delivered(Delivery delivery) {
                taker.accept(delivery);
            }

            @Override
            public void ended(TransportException cause) {}
        };
    }

    private void publish(String queue, int count) {
        List<CompletableFuture<Void>> confirmed = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] body = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
            confirmed.add(other.publish(OutgoingMessage.toQueue(queue, MessageProperties.NONE, body)));
        }
        confirmed.forEach(CompletableFuture::join);
    }

    private static int number(Delivery delivery) {
        return Integer.parseInt(new String(delivery.body(), StandardCharsets.UTF_8));
    }

    private List<Integer> take(String queue, int count) throws InterruptedException {
        BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
        other.consume(ConsumeSpec.settledOnDelivery(queue), listener(delivery -> taken.add(number(delivery))))
                .join();
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Integer next = taken.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("message %d", i).isNotNull();
            numbers.add(next);
        }
        return numbers;
    }

    private static List<Integer> numbers(int count) {
        List<Integer> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    @Test
    void aTransportThatIsClosedInADeliveryTakesItsQueueWithItAndNobodyElse() throws InterruptedException {
        for (ConsumeSpec.Settling settling : ConsumeSpec.Settling.values()) {
            String queue = "gone " + settling;
            Transport closing = broker.connect(() -> {});
            closing.declareQueue(new QueueDeclaration(queue, false, false, true, Map.of()))
                    .join();
            publish(queue, 10);
            BlockingQueue<Integer> delivered = new LinkedBlockingQueue<>();
            closing.consume(
                    new ConsumeSpec(queue, 0, settling, ConsumeSpec.Sharing.SHARED, Map.of()), listener(delivery -> {
                        delivered.add(number(delivery));
                        closing.close();
                    }));
            assertThat(delivered.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isZero();
            other.declareQueue(QueueDeclaration.durable("after " + settling)).join();
            publish("after " + settling, 3);
            assertThat(take("after " + settling, 3)).isEqualTo(numbers(3));
            assertThat(other.inspect(queue)).failsWithin(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(delivered).as("nothing comes after the end").isEmpty();
        }
    }

    @Test
    void veryManyDeliveriesAreGivenBackInTheirOrder() throws InterruptedException {
        transport.declareQueue(QueueDeclaration.durable("q")).join();
        publish("q", MANY);
        BlockingQueue<Delivery> held = new LinkedBlockingQueue<>();
        transport.consume(ConsumeSpec.shared("q", 0), listener(held::add)).join();
        for (int i = 0; i < MANY; i++) {
            assertThat(held.poll(WAIT_SECONDS, TimeUnit.SECONDS)).isNotNull();
        }
        transport.close();
        assertThat(take("q", MANY)).isEqualTo(numbers(MANY));
    }

    @Test
    void aCancelledTransactionGivesVeryManyBackBeforeItHasEnded() {
        transport.declareQueue(QueueDeclaration.durable("q")).join();
        publish("q", MANY);
        BlockingQueue<Delivery> held = new LinkedBlockingQueue<>();
        TransactionalConsumption consumption = transport
                .consumeTransactionally(ConsumeSpec.shared("q", MANY), listener(held::add))
                .join();
        consumption.cancel().join();
        QueueState left = other.inspect("q").join();
        assertThat(left.ready()).isEqualTo(MANY);
        assertThat(left.consumers()).isZero();
    }

    @Test
    void whatATransactionRejectsDiesInItsOrder() throws InterruptedException {
        other.declareQueue(QueueDeclaration.durable("dead")).join();
        transport
                .declareQueue(new QueueDeclaration(
                        "q",
                        true,
                        false,
                        false,
                        Map.of("x-dead-letter-exchange", "", "x-dead-letter-routing-key", "dead")))
                .join();
        publish("q", 12);
        BlockingQueue<Delivery> held = new LinkedBlockingQueue<>();
        TransactionalConsumption consumption = transport
                .consumeTransactionally(ConsumeSpec.shared("q", 0), listener(held::add))
                .join();
        Map<Delivery, Settlement> rejected = new LinkedHashMap<>();
        for (int i = 0; i < 12; i++) {
            rejected.put(held.poll(WAIT_SECONDS, TimeUnit.SECONDS), Settlement.REJECT);
        }
        consumption.commit(List.of(), rejected).join();
        assertThat(take("dead", 12)).isEqualTo(numbers(12));
    }
}
