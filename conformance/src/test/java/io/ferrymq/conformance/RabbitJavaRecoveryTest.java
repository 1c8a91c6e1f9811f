package io.ferrymq.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Recoverable;
import com.rabbitmq.client.RecoveryListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** A client of RabbitMQ's that lives through the end of a broker, orderly or not, and finds everything again. */
@DisabledIfSystemProperty(named = "amqp.uri", matches = ".+", disabledReason = "a given broker is not ours to stop")
class RabbitJavaRecoveryTest {
    private static final long PATIENCE_SECONDS = 60;

    /** Enough for a broker to be killed and to be there again on a quiet machine, which is when "not too early" is seen. */
    private static final int DELAY_MILLIS = 5_000;

    private final BrokerProcess broker = BrokerProcess.started();
    private final CountDownLatch recovered = new CountDownLatch(1);
    private Connection connection;
    private Channel channel;

    @BeforeEach
    void connect() throws IOException, TimeoutException {
        ConnectionFactory factory = RunningBroker.connectionFactoryExpectingCuts(broker.uri());
        factory.setNetworkRecoveryInterval(100);
        connection = factory.newConnection();
        ((Recoverable) connection).addRecoveryListener(new RecoveryListener() {
            @Override
            public void handleRecovery(Recoverable recoverable) {
                recovered.countDown();
            }

            @Override
            public void handleRecoveryStarted(Recoverable recoverable) {
                // Only the end matters.
            }
        });
        channel = connection.createChannel();
    }

    @AfterEach
    void stop() {
        connection.abort();
        broker.close();
    }

    private void awaitRecovery() throws InterruptedException {
        assertThat(recovered.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("connection recovered")
                .isTrue();
    }

    private BlockingQueue<String> consume(String queue) throws IOException {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        channel.basicConsume(
                queue,
                true,
                (tag, delivery) -> bodies.add(new String(delivery.getBody(), StandardCharsets.UTF_8)),
                tag -> {});
        return bodies;
    }

    private void publishConfirmed(String queue, String text) throws IOException, InterruptedException {
        channel.confirmSelect();
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_TEXT_PLAIN, text.getBytes(StandardCharsets.UTF_8));
        assertThat(channel.waitForConfirms()).isTrue();
    }

    @Test
    void keepsDurableQueuesBindingsAndPersistentMessagesOverARestart() throws IOException, InterruptedException {
        channel.exchangeDeclare("durable-exchange", "topic", true);
        channel.queueDeclare("durable-queue", true, false, false, Map.of());
        channel.queueBind("durable-queue", "durable-exchange", "kept.#");
        publishConfirmed("durable-queue", "kept");

        assertThat(broker.stop()).as("exit code").isZero();
        broker.startAgain();
        awaitRecovery();

        channel.basicPublish("durable-exchange", "kept.too", null, "new".getBytes(StandardCharsets.UTF_8));
        BlockingQueue<String> bodies = consume("durable-queue");
        assertThat(bodies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("kept");
        assertThat(bodies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("new");
    }

    @Test
    void keepsConfirmedMessagesWhenItIsKilled() throws IOException, InterruptedException {
        channel.queueDeclare("durable-queue", true, false, false, Map.of());
        publishConfirmed("durable-queue", "kept");

        broker.kill();
        broker.startAgain();
        awaitRecovery();

        assertThat(consume("durable-queue").poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .isEqualTo("kept");
    }

    @Test
    void keepsDelayedMessagesWhenItIsKilled() throws IOException, InterruptedException {
        channel.queueDeclare("durable-queue", true, false, false, Map.of());
        channel.confirmSelect();
        long begin = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .deliveryMode(2)
                    .headers(Map.of("x-ferry-delay", DELAY_MILLIS))
                    .build();
            channel.basicPublish(
                    "", "durable-queue", properties, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        }
        assertThat(channel.waitForConfirms()).isTrue();

        broker.kill();
        broker.startAgain();
        awaitRecovery();

        BlockingQueue<String> bodies = consume("durable-queue");
        for (int i = 0; i < 100; i++) {
            assertThat(bodies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
        }
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(DELAY_MILLIS));
        assertThat(bodies).as("nothing comes twice").isEmpty();
    }

    @Test
    void keepsTasksWithAnEtaAndWhatIsRevokedWhenItIsKilled() throws IOException, InterruptedException {
        channel.queueDeclare("tasks", true, false, false, Map.of("x-ferry-celery", true));
        channel.queueDeclare("results", true, false, false, Map.of());
        channel.exchangeDeclare("celery.pidbox", "fanout");
        channel.confirmSelect();
        Instant eta = Instant.now().plusMillis(DELAY_MILLIS);
        for (int i = 0; i < 100; i++) {
            String id = Integer.toString(i);
            AMQP.BasicProperties properties = new AMQP.BasicProperties.Builder()
                    .deliveryMode(2)
                    .correlationId(id)
                    .replyTo("results")
                    .headers(Map.of("task", "module.function", "id", id, "eta", eta.toString()))
                    .build();
            channel.basicPublish("", "tasks", properties, id.getBytes(StandardCharsets.UTF_8));
        }
        String revoke = "{\"method\": \"revoke\", \"arguments\": {\"task_id\": \"42\"}}";
        channel.basicPublish("celery.pidbox", "", null, revoke.getBytes(StandardCharsets.UTF_8));
        assertThat(channel.waitForConfirms()).isTrue();

        broker.kill();
        broker.startAgain();
        awaitRecovery();

        BlockingQueue<String> ids = consume("tasks");
        for (int i = 0; i < 100; i++) {
            if (i != 42) {
                assertThat(ids.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(Integer.toString(i));
            }
        }
        assertThat(Instant.now()).isAfterOrEqualTo(eta);
        assertThat(consume("results").poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .contains("\"task_id\":\"42\"", "\"REVOKED\"", "[\"revoked\"]");
        assertThat(ids).as("nothing comes twice").isEmpty();
    }

    @Test
    void letsTheClientRecoverItsOwnQueuesAndConsumers() throws IOException, InterruptedException {
        String queue = channel.queueDeclare("recovered-queue", false, true, true, Map.of())
                .getQueue();
        BlockingQueue<String> bodies = consume(queue);

        broker.kill();
        broker.startAgain();
        awaitRecovery();
        channel.basicPublish("", queue, null, "after".getBytes(StandardCharsets.UTF_8));

        assertThat(bodies.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("after");
    }

    @Test
    void forgetsTransientMessagesButNotTheirDurableQueue() throws IOException, InterruptedException {
        channel.queueDeclare("durable-queue", true, false, false, Map.of());
        channel.confirmSelect();
        channel.basicPublish("", "durable-queue", MessageProperties.TEXT_PLAIN, new byte[1]);
        assertThat(channel.waitForConfirms()).isTrue();
        assertThat(channel.messageCount("durable-queue")).isEqualTo(1);

        broker.kill();
        broker.startAgain();
        awaitRecovery();

        assertThat(channel.messageCount("durable-queue")).isZero();
    }

    @Test
    void tellsItsClientsThatItStops() throws InterruptedException {
        BlockingQueue<String> reasons = new LinkedBlockingQueue<>();
        connection.addShutdownListener(signal -> reasons.add(String.valueOf(signal.getReason())));

        broker.stop();

        assertThat(reasons.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .contains("reply-code=320")
                .contains("CONNECTION_FORCED");
    }
}
