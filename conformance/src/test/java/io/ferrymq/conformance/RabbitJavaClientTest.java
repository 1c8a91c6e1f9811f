package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** RabbitMQ's Java client: publishing, consuming, acknowledging, and what a large message or many channels ask. */
class RabbitJavaClientTest {
    @RegisterExtension
    static final RunningBroker BROKER = new RunningBroker();

    private static final long PATIENCE_SECONDS = 60;

    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws IOException, TimeoutException {
        connection = BROKER.connectionFactory().newConnection();
        channel = connection.createChannel();
    }

    @AfterEach
    void disconnect() throws IOException {
        connection.close();
    }

    private String exclusiveQueue() throws IOException {
        return channel.queueDeclare().getQueue();
    }

    private void publish(String queue, String text) throws IOException {
        channel.basicPublish("", queue, null, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    private BlockingQueue<Delivery> consume(String queue) throws IOException {
        BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
        channel.basicConsume(queue, false, (tag, delivery) -> deliveries.add(delivery), tag -> {});
        return deliveries;
    }

    private static Delivery next(BlockingQueue<Delivery> deliveries) throws InterruptedException {
        Delivery delivery = deliveries.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(delivery)
                .as("a delivery within %d seconds", PATIENCE_SECONDS)
                .isNotNull();
        return delivery;
    }

    @Test
    void announcesTheCapabilitiesThatTheClientUses() {
        assertThat(connection.getServerProperties()).containsKeys("product", "version", "capabilities");
        assertThat(connection.getServerProperties().get("capabilities"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("publisher_confirms", true)
                .containsEntry("basic.nack", true)
                .containsEntry("consumer_cancel_notify", true)
                .containsEntry("exchange_exchange_bindings", true)
                .containsEntry("connection.blocked", true)
                .containsEntry("consumer_priorities", true)
                .containsEntry("authentication_failure_close", true)
                .containsEntry("per_consumer_qos", true)
                .containsEntry("direct_reply_to", true);
    }

    @Test
    @SuppressWarnings("JavaUtilDate") // It is what the client's properties take.
    void carriesEveryPropertyFromPublisherToConsumer() throws IOException, InterruptedException {
        String queue = exclusiveQueue();
        BasicProperties sent = new BasicProperties.Builder()
                .contentType("text/plain")
                .contentEncoding("utf-8")
                .headers(Map.of("count", 7, "long", 1L << 40, "nested", Map.of("yes", true), "list", List.of(1, 2)))
                .deliveryMode(2)
                .priority(3)
                .correlationId("correlation")
                .replyTo("reply")
                .messageId("message")
                .timestamp(new Date(1_700_000_000_000L))
                .type("type")
                .userId("guest")
                .appId("app")
                .build();

        channel.basicPublish("", queue, sent, "body".getBytes(StandardCharsets.UTF_8));

        Delivery delivery = next(consume(queue));
        assertThat(text(delivery.getBody())).isEqualTo("body");
        assertThat(delivery.getEnvelope().getExchange()).isEmpty();
        assertThat(delivery.getEnvelope().getRoutingKey()).isEqualTo(queue);
        assertThat(delivery.getEnvelope().isRedeliver()).isFalse();
        assertThat(delivery.getProperties())
                .usingRecursiveComparison()
                .ignoringFields("headers", "bodySize")
                .isEqualTo(sent);
        assertThat(delivery.getProperties().getHeaders())
                .containsEntry("count", 7)
                .containsEntry("long", 1L << 40);
    }

    @Test
    void confirmsWhatWasPublished() throws IOException, InterruptedException, TimeoutException {
        String queue = exclusiveQueue();
        channel.confirmSelect();

        for (int number = 0; number < 500; number++) {
            channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, new byte[100]);
        }

        assertThat(channel.waitForConfirms(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)))
                .isTrue();
        assertThat(channel.messageCount(queue)).isEqualTo(500);
    }

    @Test
    void returnsAnUnroutableMandatoryMessageBeforeItsConfirm() throws IOException, InterruptedException {
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        channel.confirmSelect();
        channel.addReturnListener(returned -> events.add("returned " + returned.getReplyCode() + " "
                + returned.getReplyText() + " " + text(returned.getBody())));
        channel.addConfirmListener((tag, multiple) -> events.add("ack"), (tag, multiple) -> events.add("nack"));

        channel.basicPublish("", "no-such-queue", true, null, "lonely".getBytes(StandardCharsets.UTF_8));

        assertThat(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("returned 312 NO_ROUTE lonely");
        assertThat(events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("ack");
    }

    @Test
    void getsOneMessageAtATimeAndTellsHowManyRemain() throws IOException {
        String queue = exclusiveQueue();
        assertThat(channel.basicGet(queue, true)).isNull();
        publish(queue, "first");
        publish(queue, "second");

        GetResponse first = channel.basicGet(queue, false);

        assertThat(text(first.getBody())).isEqualTo("first");
        assertThat(first.getMessageCount()).isEqualTo(1);
        assertThat(text(channel.basicGet(queue, true).getBody())).isEqualTo("second");
        channel.basicAck(first.getEnvelope().getDeliveryTag(), false);
        assertThat(channel.basicGet(queue, true)).isNull();
    }

    @Test
    void putsARequeuedMessageBackWhereItWasWithTheRedeliveredFlag() throws IOException {
        String queue = exclusiveQueue();
        publish(queue, "first");
        publish(queue, "second");
        GetResponse first = channel.basicGet(queue, false);

        channel.basicNack(first.getEnvelope().getDeliveryTag(), false, true);

        GetResponse again = channel.basicGet(queue, true);
        assertThat(text(again.getBody())).isEqualTo("first");
        assertThat(again.getEnvelope().isRedeliver()).isTrue();
        GetResponse second = channel.basicGet(queue, true);
        assertThat(text(second.getBody())).isEqualTo("second");
        assertThat(second.getEnvelope().isRedeliver()).isFalse();
    }

    @Test
    void deliversNoMoreThanThePrefetchCountUntilAcknowledged() throws IOException, InterruptedException {
        String queue = exclusiveQueue();
        for (int number = 0; number < 5; number++) {
            publish(queue, Integer.toString(number));
        }
        channel.basicQos(2);

        BlockingQueue<Delivery> deliveries = consume(queue);

        next(deliveries);
        Delivery second = next(deliveries);
        assertThat(channel.messageCount(queue)).isEqualTo(3);
        assertThat(deliveries).isEmpty();
        channel.basicAck(second.getEnvelope().getDeliveryTag(), true);
        assertThat(text(next(deliveries).getBody())).isEqualTo("2");
        assertThat(text(next(deliveries).getBody())).isEqualTo("3");
    }

    @Test
    void carriesAMessageOfManyFrames() throws IOException, InterruptedException {
        byte[] body = new byte[20_000_000];
        new Random(1).nextBytes(body);
        String queue = exclusiveQueue();

        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);

        assertThat(next(consume(queue)).getBody()).isEqualTo(body);
    }
}
