package io.ferrymq.conformance;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A publisher with confirms and a consumer with acknowledgements, each on a connection that has to last: numbered
 * persistent messages, a few at a time.
 *
 * <p>Thread contract: made and closed by one thread, which may ask how it goes.
 */
final class SteadyClients implements AutoCloseable {
    private static final int BODY_BYTES = 200;
    private static final int UNCONFIRMED_MAX = 20;
    private static final int PREFETCH = 50;

    /** Longer than any turn or relief takes, and shorter than for ever. */
    private static final Duration GAP_MAX = Duration.ofSeconds(30);

    private static final Duration LONG = Duration.ofMinutes(2);

    private final Connection publishing;
    private final Connection consuming;
    private final Channel publisher;
    private final Set<Long> owed = ConcurrentHashMap.newKeySet();
    private final AtomicLong confirmed = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong lastNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong worstGapNanos = new AtomicLong();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Thread thread = new Thread(this::publish, "steady publisher");
    private String queue = "";
    private volatile boolean stopped;

    private SteadyClients(BrokerProcess broker) throws IOException, TimeoutException {
        ConnectionFactory factory = RunningBroker.connectionFactoryExpectingCuts(broker.uri());
        factory.setAutomaticRecoveryEnabled(false);
        publishing = factory.newConnection();
        consuming = factory.newConnection();
        publisher = publishing.createChannel();
        publisher.confirmSelect();
    }

    static SteadyClients of(BrokerProcess broker) throws IOException, TimeoutException {
        SteadyClients clients = new SteadyClients(broker);
        clients.begin();
        return clients;
    }

    private void begin() throws IOException {
        queue = "steady-" + System.nanoTime();
        publisher.queueDeclare(queue, true, false, false, Map.of());
        Channel channel = consuming.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                owed.remove(ByteBuffer.wrap(body).getLong());
                received.incrementAndGet();
                channel.basicAck(envelope.getDeliveryTag(), false);
                long now = System.nanoTime();
                worstGapNanos.accumulateAndGet(now - lastNanos.getAndSet(now), Math::max);
            }
        });
        thread.start();
    }

    private void publish() {
        long number = 0;
        try {
            while (!stopped) {
                for (int i = 0; i < UNCONFIRMED_MAX; i++) {
                    byte[] body =
                            ByteBuffer.allocate(BODY_BYTES).putLong(number).array();
                    owed.add(number++);
                    publisher.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
                }
                publisher.waitForConfirmsOrDie();
                confirmed.set(number);
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure.set(e);
        }
    }

    long received() {
        return received.get();
    }

    /** Fails if one of the two connections has ended, or nothing was delivered for long. */
    void requireServed() {
        Exception cause = failure.get();
        if (cause != null) {
            throw new IllegalStateException("the publisher was ended", cause);
        }
        if (!consuming.isOpen()) {
            throw new IllegalStateException("the consumer was ended", consuming.getCloseReason());
        }
        long gapNanos = System.nanoTime() - lastNanos.get();
        if (gapNanos > GAP_MAX.toNanos()) {
            throw new IllegalStateException(
                    "nothing was delivered for " + Duration.ofNanos(gapNanos) + "; " + confirmed + " confirmed");
        }
    }

    /** Publishes nothing more and waits for all that was confirmed. */
    void finish() throws InterruptedException {
        stopped = true;
        thread.join(LONG.toMillis());
        requireServed();
        await().atMost(LONG).until(() -> lost().isEmpty());
    }

    /** Numbers of messages that were confirmed and have not arrived. */
    Set<Long> lost() {
        Set<Long> lost = new TreeSet<>(owed);
        lost.removeIf(number -> number >= confirmed.get());
        return lost;
    }

    @Override
    public void close() {
        stopped = true;
        publishing.abort(1_000);
        consuming.abort(1_000);
    }

    @Override
    public String toString() {
        return "%d confirmed, %d received, nothing for at most %d ms"
                .formatted(confirmed.get(), received.get(), worstGapNanos.get() / 1_000_000);
    }
}
