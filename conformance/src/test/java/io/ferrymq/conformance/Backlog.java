package io.ferrymq.conformance;

import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** More messages than the log's caches hold, written and then read, so that the caches are as large as they become. */
final class Backlog {
    private static final int MESSAGES = 4_000;
    private static final int BODY_BYTES = 64 << 10;
    private static final int UNCONFIRMED_MAX = 50;
    private static final int PREFETCH = 50;
    private static final Duration LONG = Duration.ofMinutes(2);

    private Backlog() {}

    static void through(BrokerProcess broker) throws IOException, TimeoutException, InterruptedException {
        try (Connection connection =
                RunningBroker.connectionFactoryExpectingCuts(broker.uri()).newConnection()) {
            Channel channel = connection.createChannel();
            String queue = channel.queueDeclare("backlog", true, false, false, Map.of())
                    .getQueue();
            channel.confirmSelect();
            for (int i = 0; i < MESSAGES; i++) {
                channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[BODY_BYTES]);
                if (i % UNCONFIRMED_MAX == 0) {
                    channel.waitForConfirmsOrDie();
                }
            }
            AtomicLong received = new AtomicLong();
            channel.basicQos(PREFETCH);
            channel.basicConsume(queue, false, new DefaultConsumer(channel) {
                @Override
                public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                        throws IOException {
                    channel.basicAck(envelope.getDeliveryTag(), false);
                    received.incrementAndGet();
                }
            });
            await().atMost(LONG).until(() -> received.get() == MESSAGES);
            channel.queueDelete(queue);
        }
    }
}
