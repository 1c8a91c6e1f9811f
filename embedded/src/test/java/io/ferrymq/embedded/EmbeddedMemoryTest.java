package io.ferrymq.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.ferrymq.broker.BrokerOptions;
import io.ferrymq.client.transport.ConsumeSpec;
import io.ferrymq.client.transport.Delivery;
import io.ferrymq.client.transport.DeliveryListener;
import io.ferrymq.client.transport.MessageProperties;
import io.ferrymq.client.transport.OutgoingMessage;
import io.ferrymq.client.transport.QueueDeclaration;
import io.ferrymq.client.transport.Settlement;
import io.ferrymq.client.transport.Transport;
import io.ferrymq.client.transport.TransportException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application holds of an embedded broker's messages is counted. */
class EmbeddedMemoryTest {
    private static final int HEAP_BYTES = 10_000_000;
    private static final int BODY_BYTES = 200_000;
    private static final int MESSAGES = 100;
    private static final int WAIT_SECONDS = 60;

    private final Transport transport =
            EmbeddedBroker.open(new Tight(new MemoryStore("tight", 1 << 30))).connect(() -> {});

    /** A store whose broker has little heap. */
    private static final class Tight extends DelegatingStore {
        Tight(Store store) {
            super(store);
        }

        @Override
        public BrokerOptions options() {
            return super.options().withHeap(HEAP_BYTES);
        }
    }

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void aConsumerWithoutPrefetchGetsNoMoreThanMemoryHoldsUntilItSettles() throws InterruptedException {
        BlockingQueue<Delivery> held = new LinkedBlockingQueue<>();
        transport.declareQueue(QueueDeclaration.durable("q")).join();
        transport
                .consume(ConsumeSpec.shared("q", 0), new DeliveryListener() {
                    @Override
                    public void delivered(Delivery delivery) {
                        held.add(delivery);
                    }

                    @Override
                    public void ended(TransportException cause) {}
                })
                .join();
        for (int i = 0; i < MESSAGES; i++) {
            transport
                    .publish(OutgoingMessage.toQueue("q", MessageProperties.NONE, new byte[BODY_BYTES]))
                    .join();
        }
        assertThat(held).hasSizeBetween(30, 60);
        for (int i = 0; i < MESSAGES; i++) {
            Delivery next = held.poll(WAIT_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("delivery %d", i).isNotNull();
            next.settle(Settlement.ACCEPT);
        }
    }
}
